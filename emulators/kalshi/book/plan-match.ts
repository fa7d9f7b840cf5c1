import {
  opposite,
  reaches,
  sideOf,
  type BookEntry,
  type BookSide,
  type OrderBook,
} from '../../lib/book/order-book.ts';
import { minMicro, type Micro } from '../../lib/units.ts';
import type { SelfTradePrevention } from '../orders/records.ts';

export interface Incoming {
  readonly side: BookSide;
  readonly limit: Micro;
  readonly count: Micro;
  /** User id, or null for synthetic liquidity. */
  readonly owner: string | null;
  readonly selfTrade: SelfTradePrevention;
}

export interface PlannedFill {
  readonly entry: BookEntry;
  readonly count: Micro;
}

export interface MatchPlan {
  readonly fills: readonly PlannedFill[];
  /** The owner's resting orders in the way that `maker` prevention cancels. */
  readonly selfCanceled: readonly BookEntry[];
  readonly filled: Micro;
  /** `taker_at_cross` met an order of the same owner: the rest of the incoming order is cancelled. */
  readonly stopped: boolean;
}

/** Pure: walks the book by price, then time. Nothing changes until the plan is applied. */
export function planMatch(book: OrderBook, incoming: Incoming): MatchPlan {
  const fills: PlannedFill[] = [];
  const selfCanceled: BookEntry[] = [];
  let filled = 0n;
  let stopped = false;
  for (const entry of sideOf(book, opposite(incoming.side))) {
    if (filled === incoming.count || !reaches(incoming.side, incoming.limit, entry.price)) break;
    if (entry.maker !== null && entry.maker === incoming.owner) {
      stopped = incoming.selfTrade === 'taker_at_cross';
      if (stopped) break;
      selfCanceled.push(entry);
      continue;
    }
    const count = minMicro(entry.remaining, incoming.count - filled);
    fills.push({ entry, count });
    filled += count;
  }
  return { fills, selfCanceled, filled, stopped };
}
