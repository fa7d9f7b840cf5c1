import { CASH_SCALE, notional, type Instrument } from './instrument.ts';
import type { Account, OrderRecord, Position, Side } from './types.ts';

/**
 * Cash and positions. A buyer pays price times quantity, a seller is paid it; a short position must be covered by a
 * dollar a contract, which stays in `cash` as margin. So all cash together never changes by trading.
 */
export function createAccount(name: string, nowMs: number): Account {
  return { name, cash: 0n, positions: new Map(), openOrders: new Set(), updateMs: nowMs };
}

export function positionOf(account: Account, symbol: string): Position {
  const held = account.positions.get(symbol);
  if (held !== undefined) return held;
  const fresh: Position = { net: 0n, bought: 0n, sold: 0n, cost: 0n, realized: 0n, updateMs: 0 };
  account.positions.set(symbol, fresh);
  return fresh;
}

export interface Trade {
  readonly instrument: Instrument;
  readonly side: Side;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly nowMs: number;
}

/** @returns by how much the account's long position grew: both sides of a trade together, the open interest. */
export function applyTrade(account: Account, trade: Trade): bigint {
  const { instrument, side, price, quantity, nowMs } = trade;
  const signed = side === 'SIDE_BUY' ? quantity : -quantity;
  account.cash -= notional(instrument, price, signed);
  account.updateMs = nowMs;
  const position = positionOf(account, instrument.symbol);
  if (side === 'SIDE_BUY') position.bought += quantity;
  else position.sold += quantity;
  const before = position.net;
  move(position, signed, price);
  position.updateMs = nowMs;
  return long(position.net) - long(before);
}

function long(net: bigint): bigint {
  return net > 0n ? net : 0n;
}

/** Closes first, at the average cost of what is closed, then opens. */
function move(position: Position, signed: bigint, price: bigint): void {
  const closes = position.net > 0n !== signed > 0n ? smaller(abs(signed), abs(position.net)) : 0n;
  if (closes > 0n) {
    const direction = position.net > 0n ? 1n : -1n;
    // The remainder of the division stays with the open part, so that nothing is lost when it closes.
    const costOfClosed = (position.cost * closes) / abs(position.net);
    position.realized += direction * price * closes - costOfClosed;
    position.cost -= costOfClosed;
  }
  const opens = abs(signed) - closes;
  position.cost += (signed > 0n ? 1n : -1n) * opens * price;
  position.net += signed;
}

/** A dollar for each contract that the account is short, in millionths. */
export function marginOf(account: Account, instrumentOf: (symbol: string) => Instrument): bigint {
  let margin = 0n;
  for (const [symbol, { net }] of account.positions)
    if (net < 0n) margin += dollarsOf(instrumentOf(symbol), -net);
  return margin;
}

/** The most that the open orders of an account may take from its buying power, whichever of them trade. */
export function reservedOf(account: Account, instrumentOf: (symbol: string) => Instrument): bigint {
  const symbols = new Map<string, OrderRecord[]>();
  for (const order of account.openOrders) {
    const listed = symbols.get(order.terms.symbol);
    if (listed === undefined) symbols.set(order.terms.symbol, [order]);
    else listed.push(order);
  }
  let reserved = 0n;
  for (const [symbol, orders] of symbols) {
    const instrument = instrumentOf(symbol);
    const net = account.positions.get(symbol)?.net ?? 0n;
    const parts = orders.map(
      (order) => [order.terms.side, worstPrice(order, instrument), order.leavesQty] as const,
    );
    reserved += worstOfBuys(instrument, net, parts) + worstOfSells(instrument, net, parts);
  }
  return reserved;
}

type Part = readonly [side: Side, price: bigint, quantity: bigint];

/** Buying back a short position sets its margin free. */
function worstOfBuys(instrument: Instrument, net: bigint, parts: readonly Part[]): bigint {
  let [cost, quantity] = [0n, 0n];
  for (const [side, price, leaves] of parts) {
    if (side !== 'SIDE_BUY') continue;
    cost += notional(instrument, price, leaves);
    quantity += leaves;
  }
  const freed = net < 0n ? dollarsOf(instrument, smaller(quantity, -net)) : 0n;
  return cost > freed ? cost - freed : 0n;
}

/** Selling what is held costs nothing; beyond it, margin is due and the price comes in. */
function worstOfSells(instrument: Instrument, net: bigint, parts: readonly Part[]): bigint {
  let [income, quantity] = [0n, 0n];
  for (const [side, price, leaves] of parts) {
    if (side !== 'SIDE_SELL') continue;
    income += notional(instrument, price, leaves);
    quantity += leaves;
  }
  const held = net > 0n ? net : 0n;
  const due = quantity > held ? dollarsOf(instrument, quantity - held) : 0n;
  return due > income ? due - income : 0n;
}

/** Without a limit, an order may trade at any price. */
function worstPrice(order: OrderRecord, instrument: Instrument): bigint {
  if (order.limits.price !== undefined) return order.limits.price;
  return order.terms.side === 'SIDE_BUY' ? instrument.priceScale : 0n;
}

function dollarsOf(instrument: Instrument, quantity: bigint): bigint {
  return (quantity * CASH_SCALE) / instrument.quantityScale;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
