import { ONE, type Micro } from '../../lib/units.ts';
import { levelsOf, type BookSide, type Level, type OrderBook } from '../../lib/book/order-book.ts';

export type Side = 'BUY' | 'SELL';

/** The YES-frame side of an order on either token. */
export function bookSideOf(side: Side, yes: boolean): BookSide {
  return (side === 'BUY') === yes ? 'bid' : 'ask';
}

/** A token's price in the YES frame, and back: the map is its own inverse. */
export function mirrorPrice(price: Micro, yes: boolean): Micro {
  return yes ? price : ONE - price;
}

export interface TokenBook {
  /** Best first. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** The book as a token's traders see it. The NO book is the YES book read backwards. */
export function tokenBook(book: OrderBook, yes: boolean): TokenBook {
  const bids = levelsOf(book.bids);
  const asks = levelsOf(book.asks);
  if (yes) return { bids, asks };
  return { bids: asks.map(mirrorLevel), asks: bids.map(mirrorLevel) };
}

function mirrorLevel(level: Level): Level {
  return { price: ONE - level.price, size: level.size };
}

export interface Top {
  readonly bid: Micro | undefined;
  readonly ask: Micro | undefined;
}

export function topOf(book: OrderBook, yes: boolean): Top {
  const bid = book.bids[0]?.price;
  const ask = book.asks[0]?.price;
  if (yes) return { bid, ask };
  return {
    bid: ask === undefined ? undefined : ONE - ask,
    ask: bid === undefined ? undefined : ONE - bid,
  };
}

export function midOf(top: Top): Micro | undefined {
  return top.bid === undefined || top.ask === undefined ? undefined : (top.bid + top.ask) / 2n;
}
