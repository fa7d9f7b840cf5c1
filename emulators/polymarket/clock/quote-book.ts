import { insertEntry, removeSynthetic } from '../../lib/book/order-book.ts';
import { planMatch } from '../book/plan-match.ts';
import { quotesAt, type Quote } from '../../lib/book/synthetic-quotes.ts';
import { applyPlan } from '../orders/execute.ts';
import { nextSeq, nowMs, type MarketState, type Venue } from '../state.ts';

/**
 * Replaces the market maker's quotes. A new quote that reaches a user's resting order trades with
 * it first: that is how resting orders fill when the market moves through them.
 */
export function replaceQuotes(venue: Venue, state: MarketState, quotes: readonly Quote[]): void {
  removeSynthetic(state.book);
  for (const quote of quotes) placeQuote(venue, state, quote);
  state.changedAtMs = nowMs(venue);
}

/** The seeded ladder of this tick at the market's current mid. */
export function seededQuotes(venue: Venue, state: MarketState): readonly Quote[] {
  return quotesAt(venue.seed, state.market, venue.ticks, state.mid);
}

function placeQuote(venue: Venue, state: MarketState, quote: Quote): void {
  const plan = planMatch(state.book, {
    side: quote.side,
    limit: quote.price,
    yes: true,
    quantity: { kind: 'shares', shares: quote.size },
    maker: null,
  });
  if (plan.fills.length > 0) {
    const side = quote.side === 'bid' ? 'BUY' : 'SELL';
    applyPlan(venue, state, { order: null, tokenId: state.market.yesToken, side }, plan);
  }
  const remaining = quote.size - plan.filledShares;
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
