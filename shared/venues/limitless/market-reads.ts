import * as z from 'zod';
import { now } from '../../clock.ts';
import { unsupported } from '../port/capabilities.ts';
import { addressOf } from '../data-only/address.ts';
import { bestFirst, counterpart, mirrored } from '../market-data/levels.ts';
import { pageNumber } from '../market-data/listing.ts';
import { findOutcome } from '../market-data/find-outcome.ts';
import { candlesOfInterval, inverted, type Point } from '../market-data/price-points.ts';
import { baseUnits, sharePrice } from '../money/venue-decimal.ts';
import type {
  Candle,
  ListedMarket,
  ListedOutcome,
  OutcomeBook,
  OutcomeQuery,
  Page,
  PriceInterval,
  PublicTrade,
  TradesQuery,
  Found,
} from '../port.ts';
import { scanPages } from '../market-data/scan-pages.ts';
import type { LimitlessApi } from './api.ts';
import { knownMarket } from './market.ts';

/** The venue's largest page of trades. */
const TRADES_PER_PAGE = 100;

/** Shares have six decimals, as USDC on Base has. */
const shares = baseUnits(6);
const level = z.object({ price: sharePrice, size: shares });

/** Of YES. `minSize` is what earns rewards, no least order. */
export const bookSchema = z.object({ bids: z.array(level), asks: z.array(level) });

export const tradesSchema = z.object({
  events: z.array(
    z.object({
      createdAt: z.iso.datetime(),
      price: sharePrice,
      /** Of the taker: 0 buys, 1 sells. */
      side: z.union([z.literal(0), z.literal(1)]),
      matchedSize: shares,
      tokenId: z.string(),
      txHash: z.string(),
    }),
  ),
  page: z.number().nullish(),
  totalPages: z.number().nullish(),
});

/** Milliseconds, or ISO-8601 in older answers. */
const moment = z.union([z.number().nonnegative(), z.iso.datetime().transform((text) => Date.parse(text))]);
const samples = z.array(z.object({ price: sharePrice, timestamp: moment }));
const series = z.object({ title: z.string().nullish(), prices: samples });
/** One series of YES, or one for each outcome. */
export const historySchema = z.union([series.transform((one) => [one]), z.array(series).min(1)]);

interface RequestedOutcome {
  readonly market: ListedMarket;
  readonly outcome: ListedOutcome;
  readonly yes: boolean;
}

/** The market and outcome that are asked for; pools have neither book nor tape. */
async function findRequested(
  api: LimitlessApi,
  { marketId, outcome: name }: OutcomeQuery,
): Promise<Found<RequestedOutcome>> {
  const found = await knownMarket(api, marketId);
  if (!found.ok) return found;
  const { listed: market, pool } = found.value;
  if (pool) return unsupported('limitless', 'order books, trades and price history of pool markets');
  const which = findOutcome(market.outcomes, name);
  if (!which.ok) return which;
  const { outcome, index } = which.value;
  return { ok: true, value: { market, outcome, yes: index === 0 } };
}

/** The live book, never a kept one: the venue has one, of YES. */
export async function readBook(api: LimitlessApi, query: OutcomeQuery): Promise<Found<OutcomeBook>> {
  const which = await findRequested(api, query);
  if (!which.ok) return which;
  const { market, outcome, yes } = which.value;
  const found = await api.reader.get(`/markets/${market.id}/orderbook`, {}, bookSchema);
  if (!found.ok) return found;
  const sides = bestFirst(yes ? found.value : mirrored(found.value));
  const { name, tokenId } = outcome;
  return { ok: true, value: { marketId: market.id, outcome: name, tokenId, ...sides, at: now() } };
}

/** Settled trades of takers, newest first. */
export async function publicTrades(api: LimitlessApi, query: TradesQuery): Promise<Found<Page<PublicTrade>>> {
  const which = await findRequested(api, query);
  if (!which.ok) return which;
  const { market, outcome } = which.value;
  return scanPages(
    async (cursor) => {
      const page = pageNumber(cursor);
      if (!page.ok) return page;
      const search = { page: String(page.value), limit: String(TRADES_PER_PAGE) };
      const found = await api.reader.get(`/markets/${market.id}/events`, search, tradesSchema);
      if (!found.ok) return found;
      const { events, totalPages } = found.value;
      const rows = events.map(({ createdAt, side, price, matchedSize, tokenId, txHash }) => {
        const deal = { side: side === 0 ? 'BUY' : 'SELL', price } as const;
        return {
          id: txHash,
          outcome: outcome.name,
          ...(tokenId === outcome.tokenId ? deal : counterpart(deal)),
          size: matchedSize,
          at: Date.parse(createdAt),
        };
      });
      const next = page.value < (totalPages ?? 0) ? String(page.value + 1) : undefined;
      return { ok: true, value: { rows, next } };
    },
    () => true,
    query,
  );
}

export async function priceHistory(
  api: LimitlessApi,
  query: OutcomeQuery & { readonly interval: PriceInterval },
): Promise<Found<readonly Candle[]>> {
  const which = await findRequested(api, query);
  if (!which.ok) return which;
  const { market, outcome, yes } = which.value;
  const { interval } = query;
  const search = { interval: interval === 'max' ? 'all' : interval };
  const found = await api.reader.get(`/markets/${market.id}/historical-price`, search, historySchema);
  if (!found.ok) return found;
  const own = found.value.find(({ title }) => title?.toLowerCase().startsWith(outcome.name.toLowerCase()));
  const told = own ?? found.value[0];
  const points = (told?.prices ?? []).map(({ price, timestamp }): Point => ({
    at: Math.floor(timestamp / 1000),
    price,
  }));
  const view = yes || own ? points : inverted(points);
  return { ok: true, value: candlesOfInterval(view, { interval, now: now() }) };
}

/** Positions of an account, which the venue shows to everybody. */
export async function activity(api: LimitlessApi, address: string): Promise<Found<unknown>> {
  const account = addressOf(address);
  if (!account.ok) return account;
  return api.reader.get(`/portfolio/${account.value}/positions`, {}, z.unknown());
}
