import * as z from 'zod';
import { failure, invalidMember } from '../../../errors/failure.ts';
import { refuseOutcome } from '../../market-data/refuse-outcome.ts';
import { candlesOf, INTERVALS } from '../../market-data/candles.ts';
import { decimal } from '../../money/venue-decimal.ts';
import type {
  Book,
  Found,
  Market,
  Outcome,
  Candle,
  OutcomeBook,
  OutcomeQuery,
  Page,
  PriceInterval,
  PublicTrade,
  TradesQuery,
} from '../../port.ts';
import { scanPages } from '../../market-data/scan-pages.ts';
import type { PolymarketApi } from '../api.ts';
import { outcomeNamed } from './find-outcome.ts';

/** Rows of one page of the data API's trades. */
const PAGE = 500;
const MINUTE = 60;

const tradesSchema = z.array(
  z.object({
    side: z.enum(['BUY', 'SELL']),
    asset: z.string(),
    size: decimal,
    price: decimal,
    /** Unix seconds. */
    timestamp: z.number(),
    outcome: z.string(),
    transactionHash: z.string(),
    proxyWallet: z.string(),
  }),
);
const historySchema = z.object({ history: z.array(z.object({ t: z.number(), p: decimal })) });

/** The market and the token of an outcome. Yes when none is named; other binary markets must name one. */
async function tokenOf(
  api: PolymarketApi,
  { marketId, outcome }: OutcomeQuery,
): Promise<Found<{ readonly market: Market; readonly outcome: Outcome }>> {
  const market = await api.markets.market(marketId);
  if (!market.ok) return market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market;
  const found = outcomeNamed(market.value.outcomes, outcome);
  if (found) return { ok: true, value: { market: market.value, outcome: found } };
  const names = market.value.outcomes.map(({ label }) => label);
  return refuseOutcome(outcome, names);
}

export async function outcomeBook(api: PolymarketApi, query: OutcomeQuery): Promise<Found<OutcomeBook>> {
  const token = await tokenOf(api, query);
  if (!token.ok) return token;
  const { market, outcome } = token.value;
  const book = await api.markets.book(outcome.tokenId);
  // The venue takes the books of markets away that have ended: nobody offers anything there.
  if (!book.ok && book.reason !== 'TOKEN_NOT_FOUND') return book;
  const { bids, asks, at }: Pick<Book, 'bids' | 'asks' | 'at'> = book.ok
    ? book.value
    : { bids: [], asks: [] };
  return {
    ok: true,
    value: {
      marketId: query.marketId,
      outcome: outcome.label,
      tokenId: outcome.tokenId,
      bids,
      asks,
      at: at ?? Date.now(),
      tick: market.tick,
      minSize: market.minSize,
    },
  };
}

/** Trades of takers, newest first, of one outcome. */
export async function publicTrades(
  api: PolymarketApi,
  { limit, cursor, ...query }: TradesQuery,
): Promise<Found<Page<PublicTrade>>> {
  const token = await tokenOf(api, query);
  if (!token.ok) return token;
  const { tokenId, label } = token.value.outcome;
  const found = await scanPages(
    async (page) => {
      const offset = Number(page ?? 0);
      if (!Number.isSafeInteger(offset) || offset < 0) return failure('INVALID_CURSOR');
      const search = new URLSearchParams({
        market: query.marketId,
        limit: String(PAGE),
        offset: String(offset),
        takerOnly: 'true',
      });
      const missing = failure(page === undefined ? 'MARKET_NOT_FOUND' : 'INVALID_CURSOR');
      const rows = await api.get(api.data, `/trades?${search.toString()}`, tradesSchema, missing);
      if (!rows.ok) return rows;
      const next = rows.value.length < PAGE ? undefined : String(offset + PAGE);
      return { ok: true, value: { rows: rows.value, next } };
    },
    ({ asset }) => asset === tokenId,
    { limit, cursor },
  );
  if (!found.ok) return found;
  const items = found.value.items.map(({ side, price, size, timestamp, transactionHash, proxyWallet }) => ({
    // One transaction settles trades of several wallets.
    id: `${transactionHash}:${proxyWallet}`,
    outcome: label,
    side,
    price,
    size,
    at: timestamp * 1000,
  }));
  return { ok: true, value: { ...found.value, items } };
}

export async function priceHistory(
  api: PolymarketApi,
  { interval, ...query }: OutcomeQuery & { readonly interval: PriceInterval },
): Promise<Found<readonly Candle[]>> {
  const token = await tokenOf(api, query);
  if (!token.ok) return token;
  const { step } = INTERVALS[interval];
  const search = new URLSearchParams({
    market: token.value.outcome.tokenId,
    interval,
    fidelity: String(step / MINUTE),
  });
  const found = await api.get(api.clob, `/prices-history?${search.toString()}`, historySchema);
  if (!found.ok) return found;
  return {
    ok: true,
    value: candlesOf(
      found.value.history.map(({ t: at, p: price }) => ({ at, price })),
      step,
    ),
  };
}

/** What the data API tells of an address. */
export async function activity(api: PolymarketApi, address: string): Promise<Found<unknown>> {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) return invalidMember('address', 'must be an address');
  return api.get(api.data, `/activity?user=${address}&limit=100`, z.unknown(), failure('NOT_FOUND'));
}
