import type { Micro } from '../units.ts';

/** Sides in the YES frame: a bid wants YES (or gives up NO), an ask the reverse. */
export type BookSide = 'bid' | 'ask';

/**
 * One resting order. Books exist once per binary market, in the YES frame, so that the YES and NO
 * books mirror exactly: buying NO at q rests as an ask at 1 - q.
 */
export interface BookEntry {
  readonly id: string;
  readonly side: BookSide;
  readonly price: Micro;
  /** Arrival order: time priority inside a price. */
  readonly seq: number;
  /** Who placed it (the venue's key of an account), or null for the synthetic market maker. */
  readonly maker: string | null;
  remaining: Micro;
}

/** Best first on both sides. Only the functions of this folder write to it. */
export interface OrderBook {
  readonly bids: BookEntry[];
  readonly asks: BookEntry[];
}

export interface Level {
  readonly price: Micro;
  readonly size: Micro;
}

export function emptyBook(): OrderBook {
  return { bids: [], asks: [] };
}

export function sideOf(book: OrderBook, side: BookSide): BookEntry[] {
  return side === 'bid' ? book.bids : book.asks;
}

export function opposite(side: BookSide): BookSide {
  return side === 'bid' ? 'ask' : 'bid';
}

/** True when an incoming order of `side` with limit `limit` reaches a resting price. */
export function reaches(side: BookSide, limit: Micro, resting: Micro): boolean {
  return side === 'bid' ? resting <= limit : resting >= limit;
}

export function insertEntry(book: OrderBook, entry: BookEntry): void {
  const entries = sideOf(book, entry.side);
  const at = entries.findIndex((other) => isAhead(entry, other));
  if (at === -1) entries.push(entry);
  else entries.splice(at, 0, entry);
}

function isAhead(entry: BookEntry, other: BookEntry): boolean {
  if (entry.price === other.price) return entry.seq < other.seq;
  return entry.side === 'bid' ? entry.price > other.price : entry.price < other.price;
}

export function removeEntry(book: OrderBook, side: BookSide, id: string): boolean {
  const entries = sideOf(book, side);
  const at = entries.findIndex((entry) => entry.id === id);
  if (at === -1) return false;
  entries.splice(at, 1);
  return true;
}

export function removeSynthetic(book: OrderBook): void {
  for (const entries of [book.bids, book.asks]) {
    const kept = entries.filter((entry) => entry.maker !== null);
    entries.splice(0, entries.length, ...kept);
  }
}

/** Price levels, best first, sizes summed. */
export function levelsOf(entries: readonly BookEntry[]): readonly Level[] {
  const levels: { price: Micro; size: Micro }[] = [];
  for (const entry of entries) {
    const last = levels.at(-1);
    if (last !== undefined && last.price === entry.price) last.size += entry.remaining;
    else levels.push({ price: entry.price, size: entry.remaining });
  }
  return levels;
}
