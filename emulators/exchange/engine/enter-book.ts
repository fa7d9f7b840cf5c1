import { opposite, priceOf, reaches, rest, restingOf, unrest } from './book.ts';
import { report, type Effects } from './effects.ts';
import { accountOf, nextPriority, nextTradeId, type Engine } from './engine.ts';
import { isImmediate } from './judge-order.ts';
import { applyTrade } from './ledger.ts';
import { planMatch } from './plan-match.ts';
import type { InstrumentBook, OrderRecord } from './types.ts';

/** What an order without a price of its own is limited to: the best price that it can have at this moment. */
export function marketLimit(book: InstrumentBook, order: OrderRecord): bigint | undefined {
  const best = restingOf(book, opposite(order.terms.side))[0];
  if (best === undefined) return undefined;
  const { price: worst } = order.limits;
  const price = priceOf(best);
  return worst === undefined || reaches(order.terms.side, worst, price) ? price : undefined;
}

/** An accepted order meets the book: it trades, then rests, ends or is killed as its terms say. */
export function enterBook(engine: Engine, book: InstrumentBook, order: OrderRecord, effects: Effects): void {
  const { terms, limits } = order;
  order.waiting = false;
  order.insertMs = effects.nowMs;
  order.priority = nextPriority(engine);
  const plan = planMatch(restingOf(book, opposite(terms.side)), {
    owner: order.owner,
    side: terms.side,
    limit: priceOf(order),
    quantity: order.leavesQty,
    selfMatchId: terms.selfMatchId,
    selfMatchInstruction: terms.selfMatchInstruction,
  });
  if (plan.filled < leastFill(order)) {
    endOrder(engine, book, order, effects, {
      state: 'ORDER_STATE_EXPIRED',
      text: 'not enough to trade with',
    });
    return;
  }
  for (const step of plan.steps) {
    if (step.kind === 'fill') trade(engine, book, order, step.resting, step.quantity, effects);
    else endOrder(engine, book, step.resting, effects, selfMatch);
  }
  if (order.leavesQty === 0n) return;
  if (plan.selfMatched) endOrder(engine, book, order, effects, selfMatch);
  else if (isImmediate(limits))
    endOrder(engine, book, order, effects, { state: 'ORDER_STATE_EXPIRED', text: '' });
  else {
    rest(book, order);
    effects.books.add(terms.symbol);
  }
}

const selfMatch = {
  state: 'ORDER_STATE_CANCELED',
  text: 'self match prevention',
  unsolicited: true,
} as const;

/** Less than this, and nothing of the order may trade. */
function leastFill({ terms, limits, leavesQty }: OrderRecord): bigint {
  const whole = limits.timeInForce === 'TIME_IN_FORCE_FILL_OR_KILL' || terms.allOrNone;
  return whole ? leavesQty : limits.minQty;
}

/** At the resting order's price. */
function trade(
  engine: Engine,
  book: InstrumentBook,
  aggressor: OrderRecord,
  resting: OrderRecord,
  quantity: bigint,
  effects: Effects,
): void {
  const price = priceOf(resting);
  const tradeId = nextTradeId(engine);
  let opened = 0n;
  effects.books.add(book.instrument.symbol);
  for (const order of [aggressor, resting]) {
    const { account } = order.owner;
    opened += applyTrade(accountOf(engine, account, effects.nowMs), {
      instrument: book.instrument,
      side: order.terms.side,
      price,
      quantity,
      nowMs: effects.nowMs,
    });
    effects.positions.add(`${account} ${book.instrument.symbol}`);
    order.cumQty += quantity;
    order.leavesQty -= quantity;
    order.filledNotional += price * quantity;
    order.lastTradeId = tradeId;
    const done = order.leavesQty === 0n;
    order.state = done ? 'ORDER_STATE_FILLED' : 'ORDER_STATE_PARTIALLY_FILLED';
    if (done) forget(engine, book, order, effects);
    report(engine, effects, order, done ? 'EXECUTION_TYPE_FILL' : 'EXECUTION_TYPE_PARTIAL_FILL', {
      lastShares: quantity,
      lastPx: price,
      tradeId,
      aggressor: order === aggressor,
    });
  }
  recordTrade(book, price, quantity, opened);
}

function recordTrade(book: InstrumentBook, price: bigint, quantity: bigint, opened: bigint): void {
  const { stats } = book;
  book.stats = {
    lastTradePx: price,
    openPx: stats.openPx === 0n ? price : stats.openPx,
    highPx: price > stats.highPx ? price : stats.highPx,
    lowPx: stats.lowPx === 0n || price < stats.lowPx ? price : stats.lowPx,
    sharesTraded: stats.sharesTraded + quantity,
    notionalTraded: stats.notionalTraded + price * quantity,
    openInterest: stats.openInterest + opened,
  };
}

export interface Ending {
  readonly state: 'ORDER_STATE_CANCELED' | 'ORDER_STATE_EXPIRED';
  readonly text: string;
  /** By the exchange rather than by its owner. */
  readonly unsolicited?: boolean;
}

/** Takes what is left of an order away and says so. */
export function endOrder(
  engine: Engine,
  book: InstrumentBook,
  order: OrderRecord,
  effects: Effects,
  ending: Ending,
): void {
  forget(engine, book, order, effects);
  order.leavesQty = 0n;
  order.state = ending.state;
  const type = ending.state === 'ORDER_STATE_CANCELED' ? 'EXECUTION_TYPE_CANCELED' : 'EXECUTION_TYPE_EXPIRED';
  report(engine, effects, order, type, {
    text: ending.text,
    ...(ending.unsolicited === true ? { unsolicited: true } : {}),
  });
}

/** Neither in the book nor among its account's open orders any more. */
function forget(engine: Engine, book: InstrumentBook, order: OrderRecord, effects: Effects): void {
  unrest(book, order);
  accountOf(engine, order.owner.account, effects.nowMs).openOrders.delete(order);
  effects.books.add(book.instrument.symbol);
}
