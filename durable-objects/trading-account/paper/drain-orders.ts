import type { Ledger } from '../ledger/ledger.ts';
import { endOrder } from './resting-orders.ts';

/** Open orders that one call cancels at most (contract: partner, "Close and reset"). */
const MAX_CANCELLED = 100;

/** What a drain did. */
export interface DrainedOrders {
  readonly cancelled: readonly number[];
  /** Whether orders are left for the next call. */
  readonly more: boolean;
}

/** Cancels the oldest open orders. Must run inside one transaction. */
export function drainOrders(ledger: Ledger, now: number): DrainedOrders {
  const open = ledger.openOrders();
  const cancelled = open.slice(0, MAX_CANCELLED).map((order) => endOrder(ledger, order, 'cancelled', now).id);
  return { cancelled, more: open.length > MAX_CANCELLED };
}
