import { nextMid } from '../../lib/book/synthetic-quotes.ts';
import { sweep } from '../orders/cancel-order.ts';
import type { Venue } from '../state.ts';
import { replaceQuotes, seededQuotes } from './quote-book.ts';

/** Fills every open book before the first request. */
export function seedBooks(venue: Venue): void {
  for (const state of venue.markets) {
    if (state.status === 'active') replaceQuotes(venue, state, seededQuotes(venue, state));
  }
}

/**
 * One step of the venue: some mids move and quotes are refreshed. Depends on the seed and the count of ticks, not on
 * the time. A paused exchange stands still.
 */
export function tick(venue: Venue): void {
  venue.ticks += 1;
  sweep(venue);
  if (!venue.tradingActive) return;
  for (const state of venue.markets) {
    if (state.status !== 'active' || state.frozen) continue;
    state.mid = nextMid(venue.seed, state.market, venue.ticks, state.mid);
    replaceQuotes(venue, state, seededQuotes(venue, state));
  }
}
