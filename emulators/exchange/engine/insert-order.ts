import { report, type Effects } from './effects.ts';
import { accountOf, nextOrderId, storeOrder, useClordId, type Engine } from './engine.ts';
import { enterBook, marketLimit } from './enter-book.ts';
import { judgeOrder, judgeTerms, type Rejection } from './judge-order.ts';
import { releaseStops, isTriggered } from './stops.ts';
import type { InstrumentBook, OrderRecord, OrderTerms, Owner } from './types.ts';

/**
 * Takes an order in. It always gets an id: whether it is accepted is told by its first execution.
 *
 * @returns the order as it is after all that it set off.
 */
export function insertOrder(engine: Engine, owner: Owner, terms: OrderTerms, effects: Effects): OrderRecord {
  const order = recordOf(nextOrderId(engine), owner, terms, effects.nowMs);
  if (!owner.synthetic) {
    storeOrder(engine, order);
    useClordId(engine, owner.firm, terms.clordId, order.id);
  }
  const book = engine.books.get(terms.symbol);
  const rejection = book === undefined ? unknownSymbol : admit(engine, book, order);
  if (book === undefined || rejection !== undefined) {
    reject(engine, order, rejection ?? unknownSymbol, effects);
    return order;
  }
  if (!owner.synthetic) accountOf(engine, owner.account, effects.nowMs).openOrders.add(order);
  report(engine, effects, order, 'EXECUTION_TYPE_NEW');
  if (terms.stopPrice !== undefined && !isTriggered(book, order)) {
    order.waiting = true;
    book.stops.push(order);
    return order;
  }
  if (terms.type === 'ORDER_TYPE_STOP') book.stops.push(setWaiting(order));
  else enterBook(engine, book, order, effects);
  releaseStops(engine, book, effects);
  return order;
}

/** What an order would be if it were inserted now: its price, its quantity, or why it would be rejected. */
export function previewOrder(
  engine: Engine,
  owner: Owner,
  terms: OrderTerms,
  nowMs: number,
): { readonly order: OrderRecord; readonly rejection: Rejection | undefined } {
  const order = recordOf('', owner, terms, nowMs);
  const book = engine.books.get(terms.symbol);
  return { order, rejection: book === undefined ? unknownSymbol : admit(engine, book, order) };
}

const unknownSymbol: Rejection = { reason: 'ORD_REJECT_REASON_UNKNOWN_SYMBOL', text: 'unknown symbol' };

function setWaiting(order: OrderRecord): OrderRecord {
  order.waiting = true;
  return order;
}

/** Settles the price of a market order and the quantity of a cash order, unless something speaks against the order. */
function admit(engine: Engine, book: InstrumentBook, order: OrderRecord): Rejection | undefined {
  const { terms } = order;
  const rejection = judgeTerms(book, terms);
  if (rejection !== undefined) return rejection;
  if (terms.goodTillMs !== undefined && terms.goodTillMs <= order.createMs)
    return { reason: 'ORD_REJECT_REASON_EXCHANGE_OPTION', text: 'good_till_time is in the past' };
  if (terms.type === 'ORDER_TYPE_MARKET_TO_LIMIT') {
    const price = marketLimit(book, order);
    if (price === undefined) return { reason: 'ORD_REJECT_REASON_NO_LIQUIDITY', text: 'no liquidity' };
    order.limits = { ...order.limits, price };
  }
  if (terms.cashOrderQty !== undefined) {
    const step = book.instrument.minimumQuantity;
    const quantity = terms.cashOrderQty / (order.limits.price ?? book.instrument.priceScale);
    order.orderQty = quantity - (quantity % step);
    order.leavesQty = order.orderQty;
    if (order.orderQty < (terms.minQty > 0n ? terms.minQty : 1n))
      return { reason: 'ORD_REJECT_REASON_INCORRECT_QUANTITY', text: 'cash_order_qty buys nothing' };
  }
  return judgeOrder(engine, book, order);
}

function reject(engine: Engine, order: OrderRecord, { reason, text }: Rejection, effects: Effects): void {
  order.state = 'ORDER_STATE_REJECTED';
  order.leavesQty = 0n;
  report(engine, effects, order, 'EXECUTION_TYPE_REJECTED', { rejectReason: reason, text });
}

function recordOf(id: string, owner: Owner, terms: OrderTerms, nowMs: number): OrderRecord {
  const { price, stopPrice, minQty, timeInForce, goodTillMs, postOnly } = terms;
  const orderQty = terms.orderQty ?? 0n;
  return {
    id,
    owner,
    terms,
    limits: { price, stopPrice, minQty, timeInForce, goodTillMs, postOnly },
    clordId: terms.clordId,
    state: 'ORDER_STATE_NEW',
    orderQty,
    cumQty: 0n,
    leavesQty: orderQty,
    filledNotional: 0n,
    waiting: false,
    priority: 0,
    lastTradeId: '',
    createMs: nowMs,
    insertMs: nowMs,
    lastMs: nowMs,
  };
}
