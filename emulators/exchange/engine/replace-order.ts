import { rest, unrest } from './book.ts';
import { findOpen, rejectCancel, type CancelRefusal, type CancelRequest } from './cancel-order.ts';
import { report, type Effects } from './effects.ts';
import { useClordId, type Engine } from './engine.ts';
import { enterBook } from './enter-book.ts';
import { isCovered, isImmediate, judgePrice, wouldTrade } from './judge-order.ts';
import { releaseStops } from './stops.ts';
import type { InstrumentBook, OrderLimits, OrderRecord, Owner, TimeInForce } from './types.ts';

/** What is undefined stays as it is. */
export interface ReplaceRequest extends CancelRequest {
  readonly price: bigint | undefined;
  readonly stopPrice: bigint | undefined;
  /** In all, with what has traded already. */
  readonly orderQty: bigint | undefined;
  readonly timeInForce: TimeInForce | undefined;
  readonly goodTillMs: number | undefined;
  /** False on the wire is absent, so it leaves the flag as it is. */
  readonly postOnly: boolean;
}

/**
 * Changes a working order in place: it keeps its id, takes the new clord_id, and keeps its time priority only when it
 * becomes smaller at the same price. A change that cannot be is told on the order stream and leaves the order as it was.
 */
export function replaceOrder(engine: Engine, owner: Owner, request: ReplaceRequest, effects: Effects): void {
  if (request.clordId !== '') useClordId(engine, owner.firm, request.clordId, request.orderId);
  const found = findOpen(engine, owner, request);
  if (found.kind === 'reject') {
    rejectCancel(owner, request, found, true, effects);
    return;
  }
  const { order, book } = found;
  const before = { limits: order.limits, orderQty: order.orderQty, leavesQty: order.leavesQty };
  unrest(book, order);
  order.limits = changedLimits(order, request);
  order.orderQty = request.orderQty ?? order.orderQty;
  order.leavesQty = order.orderQty - order.cumQty;
  const refusal = judgeChange(engine, book, order, effects.nowMs);
  if (refusal !== undefined) {
    Object.assign(order, before);
    putBack(book, order);
    rejectCancel(owner, request, refusal, true, effects);
    return;
  }
  if (request.clordId !== '') order.clordId = request.clordId;
  const staysInPlace = order.limits.price === before.limits.price && order.orderQty <= before.orderQty;
  // What enters anew says so in the report: where it then rests, nothing else tells of it.
  if (!order.waiting && !staysInPlace) order.insertMs = effects.nowMs;
  report(engine, effects, order, 'EXECUTION_TYPE_REPLACE');
  effects.books.add(book.instrument.symbol);
  if (order.waiting || staysInPlace) putBack(book, order);
  else enterBook(engine, book, order, effects);
  releaseStops(engine, book, effects);
}

/** Where it was: by the same priority. */
function putBack(book: InstrumentBook, order: OrderRecord): void {
  if (!order.waiting) rest(book, order);
  else book.stops.push(order);
}

function changedLimits({ limits }: OrderRecord, request: ReplaceRequest): OrderLimits {
  const timeInForce = request.timeInForce ?? limits.timeInForce;
  const goodTill = request.goodTillMs ?? limits.goodTillMs;
  return {
    price: request.price ?? limits.price,
    stopPrice: request.stopPrice ?? limits.stopPrice,
    minQty: limits.minQty,
    timeInForce,
    goodTillMs: timeInForce === 'TIME_IN_FORCE_GOOD_TILL_TIME' ? goodTill : undefined,
    postOnly: request.postOnly || limits.postOnly,
  };
}

function judgeChange(
  engine: Engine,
  book: InstrumentBook,
  order: OrderRecord,
  nowMs: number,
): CancelRefusal | undefined {
  const { limits, leavesQty } = order;
  if (book.state !== 'INSTRUMENT_STATE_OPEN') return other('instrument is not open');
  if (leavesQty <= 0n || order.orderQty % book.instrument.minimumQuantity !== 0n)
    return other('order_qty leaves nothing to work');
  if (isImmediate(limits)) return other('a working order cannot become immediate');
  const isTimed = limits.timeInForce === 'TIME_IN_FORCE_GOOD_TILL_TIME';
  if (isTimed && (limits.goodTillMs ?? 0) <= nowMs) return other('good_till_time is in the past');
  if (order.terms.type === 'ORDER_TYPE_STOP' && order.waiting && limits.price !== undefined)
    return other('a stop order has no price');
  for (const price of [limits.price, limits.stopPrice]) {
    const rejection = price === undefined ? undefined : judgePrice(book, price);
    if (rejection?.reason === 'ORD_REJECT_REASON_INVALID_PRICE_INCREMENT')
      return { reason: 'CXL_REJ_REASON_INVALID_PRICE_INCREMENT', text: rejection.text };
    if (rejection !== undefined) return other(rejection.text);
  }
  if (limits.postOnly && !order.waiting && wouldTrade(book, order))
    return other('order would initiate a trade');
  return isCovered(engine, order) ? undefined : other('insufficient buying power');
}

function other(text: string): CancelRefusal {
  return { reason: 'CXL_REJ_REASON_OTHER', text };
}
