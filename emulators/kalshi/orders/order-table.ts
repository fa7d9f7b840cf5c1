import { removeEntry } from '../../lib/book/order-book.ts';
import type { Venue } from '../state.ts';
import { nowMs } from '../state.ts';
import { tooManyRequests } from '../venue-error.ts';
import type { OrderRecord, OrderStatus } from './records.ts';

const MAX_ORDERS = 50_000;

/** The venue takes 200,000; a runaway test must not turn every balance check into a long scan. */
const MAX_OPEN_PER_USER = 2_000;

/** How far to look for a finished order to forget before refusing new ones. */
const EVICTION_SCAN = 500;

/** Makes room first. @throws 429 when too many orders are open. */
export function refuseTooMany(venue: Venue, userId: string): void {
  if ((venue.openByUser.get(userId)?.size ?? 0) >= MAX_OPEN_PER_USER) throw tooManyRequests();
  if (venue.orders.size >= MAX_ORDERS) evictFinished(venue);
}

function evictFinished(venue: Venue): void {
  let scanned = 0;
  for (const [id, order] of venue.orders) {
    if (order.status !== 'resting') {
      venue.orders.delete(id);
      return;
    }
    scanned += 1;
    if (scanned >= EVICTION_SCAN) break;
  }
  throw tooManyRequests();
}

/** Starts reserving cash. */
export function addOpen(venue: Venue, order: OrderRecord): void {
  const open = venue.openByUser.get(order.userId) ?? new Set<OrderRecord>();
  open.add(order);
  venue.openByUser.set(order.userId, open);
  if (order.expirationTime !== undefined) venue.expiring.add(order);
}

/** Ends an order's open life: nothing is reserved for it any more. */
export function settleOpen(venue: Venue, order: OrderRecord, status: OrderStatus): void {
  order.status = status;
  order.updatedAtMs = nowMs(venue);
  const open = venue.openByUser.get(order.userId);
  open?.delete(order);
  if (open?.size === 0) venue.openByUser.delete(order.userId);
  venue.expiring.delete(order);
}

/** Takes a resting order off the market; what remained of it is gone. */
export function withdraw(venue: Venue, order: OrderRecord): void {
  const state = venue.byTicker.get(order.ticker);
  if (state !== undefined) removeEntry(state.book, order.side, order.id);
  order.remaining = 0n;
  settleOpen(venue, order, 'canceled');
}
