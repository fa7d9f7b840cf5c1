import { between, unit } from '../random.ts';
import { ONE, type Micro } from '../units.ts';
import type { BookSide } from './order-book.ts';

/** What quoting needs to know of a market. */
export interface QuotedMarket {
  /** Position in the catalogue: keys its randomness. */
  readonly index: number;
  readonly tick: Micro;
}

export interface Quote {
  readonly side: BookSide;
  readonly price: Micro;
  readonly size: Micro;
}

/** Levels per side; a 0.1 tick has room for fewer and gets what fits. */
const LEVELS = 8;

/** Shares at the touch grow outward, as real books do. Two decimals, like the venue's sizes. */
const SIZE_BASE = 120;
const SIZE_SPREAD = 900;

const SALT_MID = 101;
const SALT_MOVES = 102;
const SALT_STEP = 103;
const SALT_SPREAD = 104;
const SALT_SIZE = 105;
const SALT_GAP = 106;

/** About a third of the markets move on any tick. */
const MOVE_PROBABILITY = 0.35;
const MAX_MOVE_TICKS = 2;

function ticksInDollar(market: QuotedMarket): number {
  return Number(ONE / market.tick);
}

/** Best bids stay this far inside (0, 1), in ticks, so both sides always have a level. */
function midBounds(market: QuotedMarket): { readonly low: number; readonly high: number } {
  const n = ticksInDollar(market);
  const margin = Math.max(2, Math.floor(n * 0.06));
  return { low: margin, high: n - margin - 1 };
}

/** The best synthetic bid of a fresh market, in ticks. */
export function initialMid(seed: number, market: QuotedMarket): number {
  const { low, high } = midBounds(market);
  return between(unit(seed, market.index, SALT_MID), low, high);
}

/** The next best bid: a step of at most two ticks, or none. */
export function nextMid(seed: number, market: QuotedMarket, tick: number, mid: number): number {
  if (unit(seed, market.index, tick, SALT_MOVES) >= MOVE_PROBABILITY) return mid;
  const step = between(unit(seed, market.index, tick, SALT_STEP), -MAX_MOVE_TICKS, MAX_MOVE_TICKS);
  const { low, high } = midBounds(market);
  return Math.min(high, Math.max(low, mid + step));
}

/** The market maker's whole ladder around a best bid of `mid` ticks. */
export function quotesAt(seed: number, market: QuotedMarket, tick: number, mid: number): readonly Quote[] {
  const n = ticksInDollar(market);
  const spread = n <= 10 ? 1 : between(unit(seed, market.index, tick, SALT_SPREAD), 1, 2);
  const quotes: Quote[] = [];
  const step = Math.max(1, Math.floor(n / 400));
  let offset = 0;
  for (let level = 0; level < LEVELS; level += 1) {
    const bid = mid - offset;
    const ask = mid + spread + offset;
    if (bid >= 1) quotes.push(quote(seed, market, tick, level, 'bid', bid));
    if (ask <= n - 1) quotes.push(quote(seed, market, tick, level, 'ask', ask));
    offset += between(unit(seed, market.index, level, SALT_GAP), 1, step);
  }
  return quotes;
}

function quote(
  seed: number,
  market: QuotedMarket,
  tick: number,
  level: number,
  side: BookSide,
  priceInTicks: number,
): Quote {
  const salt = SALT_SIZE + level * 2 + (side === 'bid' ? 0 : 1);
  const cents = Math.floor(
    (SIZE_BASE * (1 + level / 2) + SIZE_SPREAD * unit(seed, market.index, tick, salt)) * 100,
  );
  return {
    side,
    price: BigInt(priceInTicks) * market.tick,
    size: BigInt(cents) * (ONE / 100n),
  };
}
