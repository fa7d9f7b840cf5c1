import { minMicro, mulCeil, mulFloor, ONE, type Micro } from '../../lib/units.ts';
import { mirrorPrice } from './mirror.ts';
import {
  opposite,
  reaches,
  sideOf,
  type BookEntry,
  type BookSide,
  type OrderBook,
} from '../../lib/book/order-book.ts';

/** Limit orders and sells ask for shares; market buys spend a budget and keep price improvement. */
export type Quantity =
  | { readonly kind: 'shares'; readonly shares: Micro }
  | { readonly kind: 'budget'; readonly usd: Micro };

export interface Incoming {
  readonly side: BookSide;
  /** YES-frame limit. */
  readonly limit: Micro;
  readonly yes: boolean;
  readonly quantity: Quantity;
  /** Lower-case maker, or null for synthetic liquidity. */
  readonly maker: string | null;
}

export interface PlannedFill {
  readonly entry: BookEntry;
  readonly shares: Micro;
  /** What the shares cost in the YES frame; the NO side of the same fill pays shares - yesCost. */
  readonly yesCost: Micro;
}

export interface MatchPlan {
  readonly fills: readonly PlannedFill[];
  /** The maker's own resting orders in the way: cancelled instead of traded with. */
  readonly selfCrossed: readonly BookEntry[];
  readonly filledShares: Micro;
  /** The taker's dollars, in its own token's frame. */
  readonly takerCost: Micro;
  readonly complete: boolean;
}

/** A market buy that leaves less than this (micro-USD) unspent is whole: amounts round to 4 decimals. */
const BUDGET_DUST: Micro = 100n;

/** Pure: walks the book by price, then time. Nothing changes until the plan is applied. */
export function planMatch(book: OrderBook, incoming: Incoming): MatchPlan {
  const fills: PlannedFill[] = [];
  const selfCrossed: BookEntry[] = [];
  let filledShares = 0n;
  let takerCost = 0n;
  for (const entry of sideOf(book, opposite(incoming.side))) {
    if (!reaches(incoming.side, incoming.limit, entry.price)) break;
    const wanted = sharesWanted(incoming, entry, filledShares, takerCost);
    if (wanted <= 0n) break;
    if (entry.maker === incoming.maker) {
      if (entry.maker !== null) selfCrossed.push(entry);
      continue;
    }
    const shares = minMicro(entry.remaining, wanted);
    const yesCost = costInYesFrame(entry, shares);
    fills.push({ entry, shares, yesCost });
    filledShares += shares;
    takerCost += incoming.yes ? yesCost : shares - yesCost;
  }
  return {
    fills,
    selfCrossed,
    filledShares,
    takerCost,
    complete: isComplete(incoming.quantity, filledShares, takerCost),
  };
}

function sharesWanted(incoming: Incoming, entry: BookEntry, filledShares: Micro, takerCost: Micro): Micro {
  if (incoming.quantity.kind === 'shares') return incoming.quantity.shares - filledShares;
  const price = mirrorPrice(entry.price, incoming.yes);
  return ((incoming.quantity.usd - takerCost) * ONE) / price;
}

/**
 * Rounded in the resting side's favour, so that a resting buy never pays more than was reserved
 * for it; the taker's cost is checked against its cash after planning.
 */
function costInYesFrame(entry: BookEntry, shares: Micro): Micro {
  return entry.side === 'bid' ? mulFloor(shares, entry.price) : mulCeil(shares, entry.price);
}

function isComplete(quantity: Quantity, filledShares: Micro, takerCost: Micro): boolean {
  if (quantity.kind === 'shares') return filledShares === quantity.shares;
  return filledShares > 0n && quantity.usd - takerCost < BUDGET_DUST;
}
