import { initialMid } from '../../lib/book/synthetic-quotes.ts';
import { unit } from '../../lib/random.ts';
import { ONE, type Micro } from '../../lib/units.ts';
import { json, route, type Route } from '../http/route.ts';
import { nowMs, type MarketState, type Venue } from '../state.ts';
import { badParameter, notFound } from '../venue-error.ts';
import { contracts, dollars } from '../wire.ts';
import { requireMarket } from './markets.ts';
import { requiredInteger } from './query.ts';

/** Minutes. */
const INTERVALS = new Set([1, 60, 1440]);
const MAX_CANDLES = 5_000;

/** Noise is drawn per hour and interpolated: a smooth line that is the same on every run. */
const NOISE_STEP_S = 3600;
const NOISE_TICKS = 6;
const SALT_NOISE = 301;
const SALT_VOLUME = 302;

export const candlestickRoutes: readonly Route[] = [
  route('GET', '/series/:series/markets/:ticker/candlesticks', (venue, request) => {
    const state = requireMarket(venue, request);
    if (state.market.event.series.ticker !== request.params['series']) throw notFound();
    const minutes = requiredInteger(request.query, 'period_interval');
    if (!INTERVALS.has(minutes)) throw badParameter('period_interval');
    const start = requiredInteger(request.query, 'start_ts');
    const end = Math.min(requiredInteger(request.query, 'end_ts'), Math.floor(nowMs(venue) / 1000));
    const step = minutes * 60;
    if ((end - start) / step > MAX_CANDLES) throw badParameter('too many candlesticks');
    const candlesticks: unknown[] = [];
    for (let at = Math.ceil(start / step) * step; at <= end; at += step) {
      candlesticks.push(candlestick(venue, state, at, step));
    }
    return json({ ticker: state.market.ticker, candlesticks });
  }),
];

/** `MarketCandlestick` of an invented past, which ends in the middle of the opening book. */
function candlestick(venue: Venue, state: MarketState, end: number, step: number): Record<string, unknown> {
  const { tick, index } = state.market;
  const open = pastBid(venue.seed, state, end - step);
  const close = pastBid(venue.seed, state, end);
  const volume = BigInt(Math.floor(unit(venue.seed, index, end, SALT_VOLUME) * 500)) * ONE;
  return {
    end_period_ts: end,
    yes_bid: range(open, close),
    yes_ask: range(open + tick, close + tick),
    price: {
      ...range(open, close),
      mean_dollars: dollars((open + close) / 2n),
      previous_dollars: dollars(open),
    },
    volume_fp: contracts(volume),
    open_interest_fp: contracts(volume),
  };
}

function range(open: Micro, close: Micro): Record<string, string> {
  return {
    open_dollars: dollars(open),
    low_dollars: dollars(open < close ? open : close),
    high_dollars: dollars(open < close ? close : open),
    close_dollars: dollars(close),
  };
}

function pastBid(seed: number, { market }: MarketState, seconds: number): Micro {
  const at = Math.floor(seconds / NOISE_STEP_S);
  const part = seconds / NOISE_STEP_S - at;
  const here = unit(seed, market.index, at, SALT_NOISE);
  const next = unit(seed, market.index, at + 1, SALT_NOISE);
  const shift = Math.round((here + (next - here) * part - 0.5) * 2 * NOISE_TICKS);
  const top = Number(ONE / market.tick) - 2;
  return BigInt(Math.min(top, Math.max(1, initialMid(seed, market) + shift))) * market.tick;
}
