import { insertEntry, removeSynthetic } from '../../lib/book/order-book.ts';
import { quotesAt, type Quote } from '../../lib/book/synthetic-quotes.ts';
import { ONE } from '../../lib/units.ts';
import { planMatch } from '../book/plan-match.ts';
import { allowsFractions } from '../catalog/market.ts';
import { applyPlan } from '../orders/execute.ts';
import { nextSeq, type MarketState, type Venue } from '../state.ts';

/**
 * Replaces the market maker's quotes. A new quote that reaches a user's resting order trades with it first: that is
 * how resting orders fill when the market moves through them.
 */
export function replaceQuotes(venue: Venue, state: MarketState, quotes: readonly Quote[]): void {
  removeSynthetic(state.book);
  for (const quote of quotes) placeQuote(venue, state, quote);
}

/** The seeded ladder of this tick at the market's current mid, in contracts that the market allows. */
export function seededQuotes(venue: Venue, state: MarketState): readonly Quote[] {
  const quotes = quotesAt(venue.seed, state.market, venue.ticks, state.mid);
  if (allowsFractions(state.market)) return quotes;
  return quotes.map((quote) => ({ ...quote, size: quote.size - (quote.size % ONE) }));
}

function placeQuote(venue: Venue, state: MarketState, quote: Quote): void {
  const plan = planMatch(state.book, {
    side: quote.side,
    limit: quote.price,
    count: quote.size,
    owner: null,
    selfTrade: 'taker_at_cross',
  });
  applyPlan(venue, state, { order: null, side: quote.side }, plan);
  const remaining = quote.size - plan.filled;
  if (remaining <= 0n) return;
  const seq = nextSeq(venue);
  insertEntry(state.book, {
    id: `house-${seq}`,
    side: quote.side,
    price: quote.price,
    seq,
    maker: null,
    remaining,
  });
}
