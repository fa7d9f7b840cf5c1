import * as z from 'zod';
import { failure } from '../../errors/failure.ts';
import { asMicro, SCALE, ZERO, type Micro } from '../../money/fixed.ts';
import { decimal } from '../money/venue-decimal.ts';
import type { Found, ListedMarket, ListedStatus } from '../port.ts';
import type { KalshiApi, KalshiTerms } from './api.ts';
import { complement } from './outcome-view.ts';

/** `Market` of the venue, as far as it is used. */
export const marketSchema = z.object({
  ticker: z.string(),
  event_ticker: z.string(),
  title: z.string().optional(),
  yes_sub_title: z.string().optional(),
  status: z.string(),
  result: z.string().optional(),
  yes_bid_dollars: decimal.optional(),
  yes_ask_dollars: decimal.optional(),
  last_price_dollars: decimal.optional(),
  volume_fp: decimal.optional(),
  liquidity_dollars: decimal.optional(),
  close_time: z.string().optional(),
  price_ranges: z.array(z.object({ start: decimal, end: decimal, step: decimal })).optional(),
});
export type WireMarket = z.infer<typeof marketSchema>;

/** Cents, where the venue names no step. */
const DEFAULT_TICK = asMicro(10_000n);
/** Hundredths of a contract are the least that can be asked for. */
export const COUNT_STEP = asMicro(10_000n);

/** The middle of the book, or the last trade where a side is empty; the result once there is one. */
export function priceOf(market: WireMarket): Micro | undefined {
  if (market.result === 'yes') return asMicro(SCALE);
  if (market.result === 'no') return ZERO;
  const { yes_bid_dollars: bid, yes_ask_dollars: ask, last_price_dollars: last } = market;
  if (bid !== undefined && ask !== undefined && bid > 0n && ask < SCALE) return asMicro((bid + ask) / 2n);
  return last !== undefined && last > 0n ? last : undefined;
}

function statusOf({ status }: WireMarket): ListedStatus {
  if (status === 'active' || status === 'open') return 'open';
  return status === 'finalized' || status === 'settled' || status === 'determined' ? 'resolved' : 'closed';
}

export function toListed(wire: WireMarket, eventTitle?: string): ListedMarket {
  const yes = priceOf(wire);
  const title = wire.title ?? eventTitle ?? wire.ticker;
  const detail = wire.yes_sub_title ?? '';
  return {
    id: wire.ticker,
    groupId: wire.event_ticker,
    groupTitle: eventTitle ?? wire.title,
    question: detail === '' ? title : `${title} ${detail}`,
    status: statusOf(wire),
    type: 'binary',
    outcomes: [
      { name: 'Yes', price: yes },
      { name: 'No', price: yes === undefined ? undefined : complement(yes) },
    ],
    volume: wire.volume_fp,
    liquidity: wire.liquidity_dollars,
    tick: wire.price_ranges?.[0]?.step ?? DEFAULT_TICK,
    minSize: COUNT_STEP,
    endDate: wire.close_time,
  };
}

/** Tickers go into a path and a signature. */
export const isTicker = (text: string): boolean => /^[A-Za-z0-9._-]{1,100}$/.test(text);

export async function readMarket(api: KalshiApi, ticker: string): Promise<Found<WireMarket>> {
  if (!isTicker(ticker)) return failure('MARKET_NOT_FOUND');
  const schema = z.object({ market: marketSchema });
  const found = await api.get(`/markets/${ticker}`, new URLSearchParams(), schema);
  return found.ok ? { ok: true, value: found.value.market } : found;
}

/** Tick and status of a market, kept for seconds. */
export async function marketTerms(api: KalshiApi, ticker: string): Promise<Found<KalshiTerms>> {
  const key = `${api.endpoint.baseUrl} ${ticker}`;
  const known = api.terms.get(key);
  if (known) return { ok: true, value: known };
  const found = await readMarket(api, ticker);
  if (!found.ok) return found;
  const { value: wire } = found;
  const value = {
    tick: wire.price_ranges?.[0]?.step ?? DEFAULT_TICK,
    open: statusOf(wire) === 'open',
    eventTicker: wire.event_ticker,
  };
  api.terms.set(key, value);
  return { ok: true, value };
}

/** The series of a market: paths of candles and fees begin with it. */
export async function seriesOf(api: KalshiApi, ticker: string): Promise<Found<string>> {
  const market = await marketTerms(api, ticker);
  if (!market.ok) return market;
  const { eventTicker } = market.value;
  const key = `${api.endpoint.baseUrl} ${eventTicker}`;
  const known = api.series.get(key);
  if (known !== undefined) return { ok: true, value: known };
  const schema = z.object({ event: z.object({ series_ticker: z.string() }) });
  const found = await api.get(`/events/${encodeURIComponent(eventTicker)}`, new URLSearchParams(), schema);
  if (!found.ok) return found;
  const { series_ticker: series } = found.value.event;
  api.series.set(key, series);
  return { ok: true, value: series };
}
