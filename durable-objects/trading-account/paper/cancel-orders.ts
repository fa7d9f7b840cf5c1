import type { Cancelled, CancelRequest } from './commands.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { endOrder } from './resting-orders.ts';

/** Cancels what is asked for. Must run inside one transaction. */
export function cancelOrders(ledger: Ledger, request: CancelRequest, now: number): Cancelled {
  return request.ids === undefined ? cancelOpen(ledger, request, now) : cancelNamed(ledger, request.ids, now);
}

function cancelOpen(ledger: Ledger, filter: CancelRequest, now: number): Cancelled {
  const orders = ledger
    .openOrders()
    .filter((order) => filter.market === undefined || order.market === filter.market)
    .filter((order) => filter.token === undefined || order.token === filter.token);
  for (const order of orders) endOrder(ledger, order, 'cancelled', now);
  return { canceled: orders.map((order) => order.id), refused: [] };
}

function cancelNamed(ledger: Ledger, ids: readonly number[], now: number): Cancelled {
  const canceled: number[] = [];
  const refused: Cancelled['refused'][number][] = [];
  for (const id of new Set(ids)) {
    const order = ledger.order(id);
    if (!order) refused.push({ id, reason: 'ORDER_NOT_FOUND' });
    else if (order.status !== 'open') refused.push({ id, reason: 'ORDER_NOT_CANCELLABLE' });
    else canceled.push(endOrder(ledger, order, 'cancelled', now).id);
  }
  return { canceled, refused };
}
