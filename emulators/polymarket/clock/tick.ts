import { nextMid } from '../../lib/book/synthetic-quotes.ts';
import { sweep } from '../orders/cancel-order.ts';
import { runDelayed } from '../orders/place-order.ts';
import { nowMs, type Venue } from '../state.ts';
import { replaceQuotes, seededQuotes } from './quote-book.ts';

/** Fills every open book before the first request. */
export function seedBooks(venue: Venue): void {
  for (const state of venue.markets) {
    if (state.accepting) replaceQuotes(venue, state, seededQuotes(venue, state));
  }
}

/**
 * One step of the venue: earlier trades confirm, delayed orders run, some mids move, and quotes
 * are refreshed. Depends on the seed and the count of ticks, not on the time.
 */
export function tick(venue: Venue): void {
  venue.ticks += 1;
  sweep(venue);
  confirmTrades(venue);
  for (const order of venue.delayed) runDelayed(venue, order);
  for (const state of venue.markets) {
    if (!state.accepting || state.frozen) continue;
    state.mid = nextMid(venue.seed, state.market, venue.ticks, state.mid);
    replaceQuotes(venue, state, seededQuotes(venue, state));
  }
}

function confirmTrades(venue: Venue): void {
  const now = nowMs(venue);
  for (const trade of venue.unconfirmed) {
    trade.status = 'CONFIRMED';
    trade.updatedAtMs = now;
  }
  venue.unconfirmed.clear();
}
