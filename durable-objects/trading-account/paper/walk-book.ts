import {
  add,
  asMicro,
  min,
  mulDiv,
  notional,
  SCALE,
  sub,
  ZERO,
  type Micro,
} from '../../../shared/money/fixed.ts';
import type { Book, Level, Side } from '../../../shared/venues/port.ts';

/** One level's part of an execution. */
export interface Fill {
  readonly price: Micro;
  readonly shares: Micro;
}

export interface Walk {
  readonly fills: readonly Fill[];
  readonly shares: Micro;
  /** Σ shares × price in micro-USD: rounded up for a BUY, down for a SELL, so paper never mints money. */
  readonly notional: Micro;
  /** The book within the limit ended before the budget did. */
  readonly exhausted?: boolean;
}

/** Shares bought by an amount of money come in steps of this (contract: clob, `quantity` has 4 decimals). */
const SHARE_STEP = 100n;

/** Levels that an order on this side takes from, best first. */
export const opposite = (book: Book, side: Side): readonly Level[] =>
  side === 'BUY' ? book.asks : book.bids;

/** Whether a level's price is as good as the limit or better. */
export const within = (price: Micro, limit: Micro, side: Side): boolean =>
  side === 'BUY' ? price <= limit : price >= limit;

/** What an order for `size` shares takes from the book now, never beyond `limit` (contract: clob, "Paper execution"). */
export function walkBook(book: Book, side: Side, size: Micro, limit: Micro): Walk {
  const fills: Fill[] = [];
  let left = size;
  let total = ZERO;
  for (const level of opposite(book, side)) {
    if (left <= 0n || !within(level.price, limit, side)) break;
    const shares = min(left, level.size);
    fills.push({ price: level.price, shares });
    total = add(total, notional(shares, level.price, side === 'BUY' ? 'ceil' : 'floor'));
    left = sub(left, shares);
  }
  return { fills, shares: sub(size, left), notional: asMicro(total) };
}

/** What a BUY gets for at most `budget` micro-USD now, never beyond `limit`. */
export function spendOnBook(book: Book, budget: Micro, limit: Micro): Walk {
  const fills: Fill[] = [];
  let left = budget;
  let bought = ZERO;
  let exhausted = true;
  for (const level of book.asks) {
    if (!within(level.price, limit, 'BUY')) break;
    const affordable = (mulDiv(left, SCALE, level.price, 'floor') / SHARE_STEP) * SHARE_STEP;
    const shares = min(asMicro(affordable), level.size);
    if (shares > 0n) {
      fills.push({ price: level.price, shares });
      left = sub(left, notional(shares, level.price, 'ceil'));
      bought = add(bought, shares);
    }
    if (affordable <= level.size) {
      exhausted = false;
      break;
    }
  }
  return { fills, shares: bought, notional: sub(budget, left), exhausted };
}
