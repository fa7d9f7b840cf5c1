import { unit } from '../../lib/random.ts';
import { isYes } from '../catalog/market.ts';
import { initialMid } from '../../lib/book/synthetic-quotes.ts';
import { json, route, type Route } from '../http/route.ts';
import { nowSeconds, type MarketState, type Venue } from '../state.ts';
import { microToNumber, ONE } from '../../lib/units.ts';
import { badRequest } from '../venue-error.ts';
import { displayPrice } from './market-view.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

const INTERVAL_SECONDS: Readonly<Record<string, number>> = {
  '1h': HOUR,
  '6h': 6 * HOUR,
  '1d': DAY,
  '1w': 7 * DAY,
  '1m': 30 * DAY,
  max: 90 * DAY,
  all: 90 * DAY,
};

const MAX_POINTS = 1_500;
const DEFAULT_POINTS = 120;

/** Noise is drawn per hour and interpolated: a smooth line that is the same on every run. */
const NOISE_STEP = HOUR;
const NOISE_AMPLITUDE = 0.06;
const SALT_NOISE = 301;

export const priceHistoryRoutes: readonly Route[] = [
  route('GET', '/prices-history', (venue, { query }) => {
    const tokenId = query.get('market') ?? '';
    const state = venue.byToken.get(tokenId);
    if (state === undefined) throw badRequest('Invalid token id');
    const { from, to, step } = rangeOf(venue, query);
    return json({ history: historyOf(venue, state, tokenId, { from, to, step }) });
  }),
];

interface Range {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

function rangeOf(venue: Venue, query: URLSearchParams): Range {
  const now = nowSeconds(venue);
  const interval = query.get('interval');
  const start = Number(query.get('startTs') ?? Number.NaN);
  const end = Number(query.get('endTs') ?? now);
  const length = interval === null ? undefined : INTERVAL_SECONDS[interval];
  const to = Math.min(now, Number.isFinite(end) ? end : now);
  const from = length === undefined ? start : to - length;
  if (!Number.isFinite(from) || from >= to) throw badRequest('invalid time range');
  const minutes = Number(query.get('fidelity') ?? 0);
  const asked = minutes > 0 ? minutes * 60 : Math.ceil((to - from) / DEFAULT_POINTS);
  return { from, to, step: Math.max(60, asked, Math.ceil((to - from) / MAX_POINTS)) };
}

function historyOf(
  venue: Venue,
  state: MarketState,
  tokenId: string,
  range: Range,
): readonly { readonly t: number; readonly p: number }[] {
  const points: { t: number; p: number }[] = [];
  const yes = isYes(state.market, tokenId);
  for (let t = Math.ceil(range.from / range.step) * range.step; t < range.to; t += range.step) {
    const p = pastYesPrice(venue.seed, state, t);
    points.push({ t, p: yes ? p : round(1 - p) });
  }
  points.push({ t: range.to, p: microToNumber(displayPrice(state, tokenId)) });
  return points;
}

function pastYesPrice(seed: number, { market }: MarketState, t: number): number {
  const tick = Number(market.tickText);
  const base = initialMid(seed, market) * tick;
  const at = Math.floor(t / NOISE_STEP);
  const part = t / NOISE_STEP - at;
  const here = unit(seed, market.index, at, SALT_NOISE);
  const next = unit(seed, market.index, at + 1, SALT_NOISE);
  const raw = base + (here + (next - here) * part - 0.5) * 2 * NOISE_AMPLITUDE;
  const onTick = Math.round(Math.min(1 - tick, Math.max(tick, raw)) / tick) * tick;
  return round(onTick);
}

function round(price: number): number {
  return Math.round(price * Number(ONE)) / Number(ONE);
}
