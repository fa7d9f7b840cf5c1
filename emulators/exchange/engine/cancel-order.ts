import type { Effects } from './effects.ts';
import type { Engine } from './engine.ts';
import { endOrder } from './enter-book.ts';
import type { CancelRejectReason, InstrumentBook, OrderRecord, Owner } from './types.ts';

export interface CancelRequest {
  readonly orderId: string;
  readonly symbol: string;
  readonly clordId: string;
}

/** Cancels an order of the owner's firm; that it could not is told on the order stream. */
export function cancelOrder(engine: Engine, owner: Owner, request: CancelRequest, effects: Effects): void {
  const found = findOpen(engine, owner, request);
  if (found.kind === 'reject') {
    rejectCancel(owner, request, found, false, effects);
    return;
  }
  const { order, book } = found;
  endOrder(engine, book, order, effects, { state: 'ORDER_STATE_CANCELED', text: '' });
}

export interface CancelRefusal {
  readonly reason: CancelRejectReason;
  readonly text: string;
}

export type FoundOrder =
  | { readonly kind: 'open'; readonly order: OrderRecord; readonly book: InstrumentBook }
  | ({ readonly kind: 'reject' } & CancelRefusal);

/** The open order of that firm, or why it cannot be changed. */
export function findOpen(engine: Engine, owner: Owner, { orderId, symbol }: CancelRequest): FoundOrder {
  const order = engine.orders.get(orderId);
  const book = order === undefined ? undefined : engine.books.get(order.terms.symbol);
  const known = order?.owner.firm === owner.firm && (symbol === '' || order.terms.symbol === symbol);
  if (order === undefined || book === undefined || !known)
    return { kind: 'reject', reason: 'CXL_REJ_REASON_UNKNOWN_ORDER', text: 'unknown order' };
  if (order.leavesQty === 0n)
    return { kind: 'reject', reason: 'CXL_REJ_REASON_TOO_LATE_TO_CANCEL', text: 'order is not working' };
  if (book.state === 'INSTRUMENT_STATE_CLOSED' || book.state === 'INSTRUMENT_STATE_HALTED')
    return { kind: 'reject', reason: 'CXL_REJ_REASON_OTHER', text: 'instrument is not open' };
  return { kind: 'open', order, book };
}

export function rejectCancel(
  owner: Owner,
  { orderId, symbol, clordId }: CancelRequest,
  { reason, text }: CancelRefusal,
  isReplace: boolean,
  effects: Effects,
): void {
  effects.cancelRejects.push({
    owner,
    orderId,
    clordId,
    symbol,
    reason,
    text,
    isReplace,
    transactMs: effects.nowMs,
  });
}

/** Ends orders whose time has come, and all day orders where the day is over. */
export function expireOrders(engine: Engine, effects: Effects, endOfDay: boolean): void {
  for (const account of engine.accounts.values())
    for (const order of account.openOrders) {
      const { timeInForce, goodTillMs } = order.limits;
      const over = goodTillMs !== undefined && goodTillMs <= effects.nowMs;
      const book = engine.books.get(order.terms.symbol);
      if (book !== undefined && (over || (endOfDay && timeInForce === 'TIME_IN_FORCE_DAY')))
        endOrder(engine, book, order, effects, { state: 'ORDER_STATE_EXPIRED', text: 'expired' });
    }
}
