import type { Micro } from '../../lib/units.ts';
import { nowMs, type MarketState, type Venue } from '../state.ts';
import { notFound } from '../venue-error.ts';
import { withdraw } from './order-table.ts';
import type { OrderRecord } from './records.ts';

export interface Canceled {
  readonly order: OrderRecord;
  readonly reducedBy: Micro;
}

/** @throws 404 for an order that is unknown, somebody else's, executed or cancelled already, as on the venue. */
export function cancelOrder(venue: Venue, userId: string, id: string): Canceled {
  const order = venue.orders.get(id);
  if (order === undefined || order.userId !== userId || order.status !== 'resting') throw notFound();
  const reducedBy = order.remaining;
  withdraw(venue, order);
  return { order, reducedBy };
}

/** Cancels what rests, of one user or of everybody. */
export function cancelWhere(venue: Venue, wanted: (order: OrderRecord) => boolean): void {
  for (const orders of venue.openByUser.values()) {
    for (const order of orders) if (wanted(order)) withdraw(venue, order);
  }
}

/** Ends every order of a market that stops trading, and its synthetic liquidity. */
export function clearMarket(venue: Venue, state: MarketState): void {
  cancelWhere(venue, (order) => order.ticker === state.market.ticker);
  state.book.bids.length = 0;
  state.book.asks.length = 0;
}

/** Time's own effect: orders with an expiration end. */
export function sweep(venue: Venue): void {
  const now = nowMs(venue);
  for (const order of venue.expiring) {
    if (order.expirationTime !== undefined && order.expirationTime * 1000 <= now) withdraw(venue, order);
  }
}
