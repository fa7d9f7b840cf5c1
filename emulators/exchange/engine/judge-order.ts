import { opposite, reaches, restingOf, priceOf } from './book.ts';
import { accountOf, instrumentOf, type Engine } from './engine.ts';
import { marginOf, reservedOf } from './ledger.ts';
import type { InstrumentBook, OrderRecord, OrderTerms, RejectReason } from './types.ts';

export interface Rejection {
  readonly reason: RejectReason;
  readonly text: string;
}

/** An account that leaves more open than this has lost control of its orders. */
const MAX_OPEN_ORDERS = 10_000;

export function judgeTerms(book: InstrumentBook, terms: OrderTerms): Rejection | undefined {
  const { instrument } = book;
  if (book.state !== 'INSTRUMENT_STATE_OPEN')
    return { reason: 'ORD_REJECT_REASON_EXCHANGE_CLOSED', text: 'instrument is not open' };
  const combination = judgeCombination(terms);
  if (combination !== undefined) return orderType(combination);
  const amount = judgeAmount(terms, instrument.minimumQuantity);
  if (amount !== undefined) return { reason: 'ORD_REJECT_REASON_INCORRECT_QUANTITY', text: amount };
  for (const price of [terms.price, terms.stopPrice]) {
    const rejection = price === undefined ? undefined : judgePrice(book, price);
    if (rejection !== undefined) return rejection;
  }
  return undefined;
}

export function judgePrice({ instrument }: InstrumentBook, price: bigint): Rejection | undefined {
  if (price <= 0n || price >= instrument.priceScale)
    return {
      reason: 'ORD_REJECT_REASON_PRICE_OUT_OF_BOUNDS',
      text: 'price is not between zero and one dollar',
    };
  if (price % instrument.tick !== 0n)
    return {
      reason: 'ORD_REJECT_REASON_INVALID_PRICE_INCREMENT',
      text: 'price is not a multiple of the tick',
    };
  return undefined;
}

/** @returns what does not go together. */
function judgeCombination(terms: OrderTerms): string | undefined {
  const isLimit = terms.type === 'ORDER_TYPE_LIMIT' || terms.type === 'ORDER_TYPE_STOP_LIMIT';
  const isStop = terms.type === 'ORDER_TYPE_STOP' || terms.type === 'ORDER_TYPE_STOP_LIMIT';
  if (isLimit && terms.price === undefined) return 'price is required';
  if (terms.type === 'ORDER_TYPE_STOP' && terms.price !== undefined) return 'a stop order has no price';
  if (isStop !== (terms.stopPrice !== undefined)) return 'stop_price goes with stop orders only';
  if (isStop && terms.cashOrderQty !== undefined) return 'cash_order_qty does not go with a stop order';
  const immediate = isImmediate(terms);
  if (terms.postOnly && (immediate || terms.type !== 'ORDER_TYPE_LIMIT'))
    return 'participate_dont_initiate goes with resting limit orders only';
  if (terms.allOrNone && !immediate) return 'all_or_none goes with immediate orders only';
  if (terms.minQty > 0n && !immediate) return 'min_qty goes with immediate orders only';
  if ((terms.timeInForce === 'TIME_IN_FORCE_GOOD_TILL_TIME') !== (terms.goodTillMs !== undefined))
    return 'good_till_time goes with TIME_IN_FORCE_GOOD_TILL_TIME';
  return undefined;
}

/** @returns what is wrong with the quantity. */
function judgeAmount(terms: OrderTerms, step: bigint): string | undefined {
  const { orderQty, cashOrderQty, minQty } = terms;
  if ((orderQty === undefined) === (cashOrderQty === undefined))
    return 'one of order_qty and cash_order_qty is required';
  if (cashOrderQty !== undefined) return cashOrderQty > 0n ? undefined : 'cash_order_qty is not positive';
  if (orderQty === undefined || orderQty <= 0n || orderQty % step !== 0n)
    return 'order_qty is not a positive multiple of the minimum';
  return minQty < 0n || minQty > orderQty ? 'min_qty is not between zero and order_qty' : undefined;
}

export function isImmediate({ timeInForce }: { readonly timeInForce: OrderTerms['timeInForce'] }): boolean {
  return timeInForce === 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL' || timeInForce === 'TIME_IN_FORCE_FILL_OR_KILL';
}

/** Of an order that knows its price and quantity. */
export function judgeOrder(engine: Engine, book: InstrumentBook, order: OrderRecord): Rejection | undefined {
  if (order.limits.postOnly && wouldTrade(book, order))
    return { reason: 'ORD_REJECT_REASON_EXCHANGE_OPTION', text: 'order would initiate a trade' };
  if (order.owner.synthetic) return undefined;
  const account = accountOf(engine, order.owner.account, order.createMs);
  if (account.openOrders.size >= MAX_OPEN_ORDERS)
    return { reason: 'ORD_REJECT_REASON_EXCHANGE_OPTION', text: 'too many open orders' };
  return isCovered(engine, order)
    ? undefined
    : { reason: 'ORD_REJECT_REASON_EXCHANGE_OPTION', text: 'insufficient buying power' };
}

/** Whether the account could pay for its open orders with this one among them, whichever of them trade. */
export function isCovered(engine: Engine, order: OrderRecord): boolean {
  const account = accountOf(engine, order.owner.account, order.createMs);
  const isOpen = account.openOrders.has(order);
  account.openOrders.add(order);
  const covered = buyingPowerOf(engine, order.owner.account, order.createMs) >= 0n;
  if (!isOpen) account.openOrders.delete(order);
  return covered;
}

/** Millionths of a dollar that an account may still commit. */
export function buyingPowerOf(engine: Engine, name: string, nowMs: number): bigint {
  const account = accountOf(engine, name, nowMs);
  const lookUp = (symbol: string) => instrumentOf(engine, symbol);
  return account.cash - marginOf(account, lookUp) - reservedOf(account, lookUp);
}

export function wouldTrade(book: InstrumentBook, order: OrderRecord): boolean {
  const best = restingOf(book, opposite(order.terms.side))[0];
  return best !== undefined && reaches(order.terms.side, priceOf(order), priceOf(best));
}

function orderType(text: string): Rejection {
  return { reason: 'ORD_REJECT_REASON_INCORRECT_ORDER_TYPE', text };
}
