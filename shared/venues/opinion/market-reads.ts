import * as z from 'zod';
import { failure } from '../../errors/failure.ts';
import { now } from '../../clock.ts';
import { addressOf } from '../data-only/address.ts';
import { bestFirst } from '../market-data/levels.ts';
import { findOutcome } from '../market-data/find-outcome.ts';
import { candlesOfInterval } from '../market-data/price-points.ts';
import { quantity, sharePrice } from '../money/venue-decimal.ts';
import type { Candle, OutcomeBook, OutcomeQuery, PriceInterval, Found } from '../port.ts';
import type { OpinionApi } from './api.ts';
import { knownMarket } from './market.ts';

/** The venue samples the last price once an hour, or once a day: other intervals it takes for a day. */
const HOUR = 3_600;

const level = z.object({ price: sharePrice, size: quantity });

/** Of one token: each outcome has a book of its own. */
export const bookSchema = z.object({
  bids: z.array(level).nullish(),
  asks: z.array(level).nullish(),
  /** Unix ms. */
  timestamp: z.number().int().nonnegative().nullish(),
});

export const historySchema = z.object({
  history: z.array(z.object({ t: z.number(), p: sharePrice })).nullish(),
});

interface RequestedOutcome {
  readonly marketId: string;
  readonly outcome: string;
  readonly tokenId: string;
}

async function findRequested(
  api: OpinionApi,
  { marketId, outcome: name }: OutcomeQuery,
): Promise<Found<RequestedOutcome>> {
  const market = await knownMarket(api, marketId);
  if (!market.ok) return market;
  const which = findOutcome(market.value.outcomes, name);
  if (!which.ok) return which;
  const { name: outcome, tokenId } = which.value.outcome;
  // A market that was never activated has no tokens.
  if (tokenId === undefined) return failure('MARKET_NOT_FOUND');
  return { ok: true, value: { marketId: market.value.id, outcome, tokenId } };
}

/** A book at most 3 s old. */
export async function readBook(api: OpinionApi, query: OutcomeQuery): Promise<Found<OutcomeBook>> {
  const which = await findRequested(api, query);
  if (!which.ok) return which;
  const { marketId, outcome, tokenId } = which.value;
  const key = `${api.reader.endpoint.baseUrl} ${tokenId}`;
  const kept = api.books.get(key);
  if (kept) return { ok: true, value: kept };
  const found = await api.get('/token/orderbook', { token_id: tokenId }, bookSchema);
  if (!found.ok) return found;
  const { bids, asks, timestamp } = found.value;
  const sides = bestFirst({ bids: bids ?? [], asks: asks ?? [] });
  const value = { marketId, outcome, tokenId, ...sides, at: timestamp || now() };
  api.books.set(key, value);
  return { ok: true, value };
}

/** Candles of an hour at least: nothing finer is known. */
export async function priceHistory(
  api: OpinionApi,
  query: OutcomeQuery & { readonly interval: PriceInterval },
): Promise<Found<readonly Candle[]>> {
  const which = await findRequested(api, query);
  if (!which.ok) return which;
  const { interval } = query;
  const search = { token_id: which.value.tokenId, interval: interval === 'max' ? '1d' : '1h' };
  const found = await api.get('/token/price-history', search, historySchema);
  if (!found.ok) return found;
  const points = (found.value.history ?? []).map(({ t, p }) => ({ at: Math.floor(t), price: p }));
  return { ok: true, value: candlesOfInterval(points, { interval, now: now(), finest: HOUR }) };
}

/** Trades of a wallet, newest first, as far as the venue's first page. */
export async function activity(api: OpinionApi, address: string): Promise<Found<unknown>> {
  const wallet = addressOf(address);
  return wallet.ok ? api.get(`/trade/user/${wallet.value}`, { limit: '20' }, z.unknown()) : wallet;
}
