import { nextMid, quotesAt } from '../lib/book/synthetic-quotes.ts';
import { between, hashId, unit } from '../lib/random.ts';
import { ONE, type Micro } from '../lib/units.ts';
import type { Levels, Market, Trade, Venue } from './model.ts';

/** A step of the wall clock, ms. */
const STEP_MS = 1_000;
/** A market that nobody looked at for longer jumps the rest. */
const MAX_STEPS = 600;
const MAX_TRADES = 500;
/** About every fourth step somebody takes from the book. */
const TRADE_PROBABILITY = 0.25;
/** Trades that a fresh market begins with, a minute apart. */
const FIRST_TRADES = 5;
const MINUTE_MS = 60_000;

const SALT_TRADE = 401;
const SALT_SIZE = 402;
const SALT_PRICE = 403;

const stepOf = (venue: Venue): number =>
  venue.manualSteps ?? Math.floor((Date.now() - venue.startedMs) / STEP_MS);

/**
 * Brings a market to the present. Nothing runs while nobody asks: the state depends on seed, market and step alone,
 * however often it was looked at.
 */
function advance(venue: Venue, market: Market): void {
  const { seed } = venue;
  if (market.trades.length === 0 && market.volume > 0n) {
    for (let at = FIRST_TRADES; at > 0; at -= 1) deal(venue, market, -at, venue.startedMs - at * MINUTE_MS);
  }
  const now = stepOf(venue);
  if (market.status !== 'open' || market.fixed !== undefined) market.step = now;
  market.step = Math.max(market.step, now - MAX_STEPS);
  while (market.step < now) {
    market.step += 1;
    market.mid = nextMid(seed, market, market.step, market.mid);
    if (unit(seed, market.index, market.step, SALT_TRADE) < TRADE_PROBABILITY)
      deal(venue, market, market.step, venue.startedMs + market.step * STEP_MS);
  }
}

function deal(venue: Venue, market: Market, step: number, atMs: number): void {
  const buys = unit(venue.seed, market.index, step, SALT_SIZE) < 0.5;
  const cents = between(unit(venue.seed, market.index, step, SALT_SIZE), 100, 25_000);
  recordTrade(market, {
    id: hashId(venue.name, market.slug, step),
    outcome: 0,
    side: buys ? 'BUY' : 'SELL',
    price: BigInt(market.mid + (buys ? 1 : 0)) * market.tick,
    size: BigInt(cents) * (ONE / 100n),
    atMs,
  });
}

export function recordTrade(market: Market, trade: Trade): void {
  market.trades = [trade, ...market.trades].slice(0, MAX_TRADES);
  market.volume += (trade.price * trade.size) / ONE;
}

/** The market as it is now. */
export function present(venue: Venue, market: Market): Market {
  advance(venue, market);
  return market;
}

/** The book now, of YES. A market that takes no orders has none. */
export function bookOf(venue: Venue, market: Market): Levels {
  advance(venue, market);
  if (market.status !== 'open') return { bids: [], asks: [] };
  if (market.fixed !== undefined) return market.fixed;
  const quotes = quotesAt(venue.seed, market, market.step, market.mid);
  const side = (wanted: 'bid' | 'ask') =>
    quotes.filter((quote) => quote.side === wanted).map(({ price, size }) => ({ price, size }));
  return { bids: side('bid'), asks: side('ask') };
}

/** The price of YES now: the middle of the book, or the result. */
export function priceOf(venue: Venue, market: Market): Micro {
  if (market.winner !== undefined) return market.winner === 0 ? ONE : 0n;
  const { bids, asks } = bookOf(venue, market);
  const [bid, ask] = [bids[0]?.price, asks[0]?.price];
  return bid !== undefined && ask !== undefined ? (bid + ask) / 2n : BigInt(market.mid) * market.tick;
}

/** An invented past of YES: the same price for the same moment, oldest first. Seconds. */
export function pricesBetween(
  venue: Venue,
  market: Market,
  { from, to, step }: { readonly from: number; readonly to: number; readonly step: number },
): readonly { readonly at: number; readonly price: Micro }[] {
  const points = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const around = between(unit(venue.seed, market.index, Math.floor(at / step), SALT_PRICE), -3, 3);
    const ticks = Math.min(Number(ONE / market.tick) - 1, Math.max(1, market.mid + around));
    points.push({ at, price: BigInt(ticks) * market.tick });
  }
  return points;
}
