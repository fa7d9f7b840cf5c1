import * as z from 'zod';
import { now } from '../../clock.ts';
import { asMicro, SCALE } from '../../money/fixed.ts';
import { unsupported } from '../port/capabilities.ts';
import { addressOf } from '../data-only/address.ts';
import { bestFirst, counterpart, mirrored } from '../market-data/levels.ts';
import { findOutcome } from '../market-data/find-outcome.ts';
import { candlesOfInterval, inverted } from '../market-data/price-points.ts';
import { INTERVALS } from '../market-data/candles.ts';
import { baseUnits, decimal, quantity, sharePrice } from '../money/venue-decimal.ts';
import type {
  Candle,
  FeeCurve,
  ListedMarket,
  ListedOutcome,
  OutcomeBook,
  OutcomeQuery,
  Page,
  PriceInterval,
  PublicTrade,
  TradesQuery,
  Found,
  Level,
} from '../port.ts';
import { scanPages } from '../market-data/scan-pages.ts';
import type { PredictFunApi } from './api.ts';
import { knownMarket } from './market.ts';

/** What public clients ask for at most; the pages name no limit. */
const TRADES_PER_PAGE = '100';
/** More points than any interval has. */
const POINTS = '1000';

/** Shares and prices of trades are counted as the collateral on BNB Chain is. */
const wei = baseUnits(18);
const level = z.tuple([sharePrice, quantity]).transform(([price, size]): Level => ({ price, size }));

/** Of YES. */
export const bookSchema = z.object({
  data: z.object({
    bids: z.array(level),
    asks: z.array(level),
    updateTimestampMs: z.number().int().nonnegative().nullish(),
  }),
});

const matchesSchema = z.object({
  cursor: z.string().nullish(),
  data: z.array(
    z.object({
      settlementId: z.string().nullish(),
      transactionHash: z.string().nullish(),
      executedAt: z.iso.datetime(),
      amountFilled: wei,
      /** Of the outcome that the taker traded. */
      priceExecuted: wei,
      taker: z.object({
        quoteType: z.enum(['Bid', 'Ask']),
        outcome: z.object({ indexSet: z.number().int(), onChainId: z.string() }),
      }),
    }),
  ),
});

const percent = decimal
  .transform((value) => asMicro(value / 100n))
  .refine((price) => price >= 0n && price <= SCALE, 'a percentage');

/** `x`: Unix seconds; `y`: the chance of YES in percent. */
export const seriesSchema = z.object({
  data: z.object({ series: z.array(z.object({ x: z.number(), y: percent })) }),
});

interface RequestedOutcome {
  readonly market: ListedMarket;
  readonly outcome: ListedOutcome;
  readonly yes: boolean;
}

async function findRequested(
  api: PredictFunApi,
  { marketId, outcome: name }: OutcomeQuery,
): Promise<Found<RequestedOutcome>> {
  const found = await knownMarket(api, marketId);
  if (!found.ok) return found;
  const { listed: market } = found.value;
  // The one book is documented for two outcomes.
  if (market.type === 'categorical') return unsupported('predictfun', 'books of more than two outcomes');
  const which = findOutcome(market.outcomes, name);
  if (!which.ok) return which;
  const { outcome, index } = which.value;
  return { ok: true, value: { market, outcome, yes: index === 0 } };
}

/** A book at most 3 s old. */
export async function readBook(api: PredictFunApi, query: OutcomeQuery): Promise<Found<OutcomeBook>> {
  const which = await findRequested(api, query);
  if (!which.ok) return which;
  const { market, outcome, yes } = which.value;
  const book = await yesBook(api, market.id);
  if (!book.ok) return book;
  const { at, ...sides } = book.value;
  const { name, tokenId } = outcome;
  const view = yes ? sides : mirrored(sides);
  return {
    ok: true,
    value: { marketId: market.id, outcome: name, tokenId, ...view, at, tick: market.tick },
  };
}

async function yesBook(
  api: PredictFunApi,
  id: string,
): Promise<Found<Pick<OutcomeBook, 'bids' | 'asks' | 'at'>>> {
  const key = `${api.reader.endpoint.baseUrl} ${id}`;
  const kept = api.books.get(key);
  if (kept) return { ok: true, value: kept };
  const found = await api.reader.get(`/markets/${id}/orderbook`, {}, bookSchema);
  if (!found.ok) return found;
  const { data } = found.value;
  const value = { ...bestFirst(data), at: data.updateTimestampMs || now() };
  api.books.set(key, value);
  return { ok: true, value };
}

/** Settled matches, newest first, from the taker's side. */
export async function publicTrades(
  api: PredictFunApi,
  query: TradesQuery,
): Promise<Found<Page<PublicTrade>>> {
  const which = await findRequested(api, query);
  if (!which.ok) return which;
  const { market, outcome } = which.value;
  return scanPages(
    async (after) => {
      const search = { marketId: market.id, first: TRADES_PER_PAGE, after };
      const found = await api.reader.get('/orders/matches', search, matchesSchema);
      if (!found.ok) return found;
      const { data, cursor: next } = found.value;
      const rows = data.map(({ settlementId, transactionHash, taker, ...match }): PublicTrade => {
        const side = taker.quoteType === 'Bid' ? 'BUY' : 'SELL';
        const deal = { side, price: match.priceExecuted } as const;
        return {
          id: settlementId ?? transactionHash ?? match.executedAt,
          outcome: outcome.name,
          ...(taker.outcome.onChainId === outcome.tokenId ? deal : counterpart(deal)),
          size: match.amountFilled,
          at: Date.parse(match.executedAt),
        };
      });
      return { ok: true, value: { rows, next: rows.length > 0 && next ? next : undefined } };
    },
    () => true,
    query,
  );
}

/** The venue's names of the steps, seconds. */
const RESOLUTION: Readonly<Record<number, string>> = { 60: '1m', 3600: '1h', 86_400: '1d' };

export async function priceHistory(
  api: PredictFunApi,
  query: OutcomeQuery & { readonly interval: PriceInterval },
): Promise<Found<readonly Candle[]>> {
  const which = await findRequested(api, query);
  if (!which.ok) return which;
  const { market, yes } = which.value;
  const { interval } = query;
  const { span, step } = INTERVALS[interval];
  const to = Math.floor(now() / 1000);
  const search = {
    metric: 'chance',
    resolution: RESOLUTION[step],
    from: String(to - span),
    to: String(to),
    limit: POINTS,
  };
  const found = await api.reader.get(`/markets/${market.id}/timeseries`, search, seriesSchema);
  if (!found.ok) return found;
  const points = found.value.data.series.map(({ x, y }) => ({ at: Math.floor(x), price: y }));
  return { ok: true, value: candlesOfInterval(yes ? points : inverted(points), { interval, now: now() }) };
}

/** Takers pay the market's rate on the cheaper of the two outcomes; makers nothing. */
export async function feeCurve(api: PredictFunApi, marketId: string): Promise<Found<FeeCurve>> {
  const found = await knownMarket(api, marketId);
  if (!found.ok) return found;
  const { feeRate: rate } = found.value;
  if (rate === undefined) return unsupported('predictfun', 'fee estimates of this market');
  return { ok: true, value: { rate, exponent: 1, unit: 1n, basis: 'cheaper-side' } };
}

/** Matches that an address took part in, newest first, as far as the venue's first page. */
export async function activity(api: PredictFunApi, address: string): Promise<Found<unknown>> {
  const signer = addressOf(address);
  if (!signer.ok) return signer;
  return api.reader.get('/orders/matches', { signerAddress: signer.value }, z.unknown());
}
