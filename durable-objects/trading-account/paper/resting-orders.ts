import { add, compare, min, notional, sub, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import { reach } from '../../../shared/testing/fault-points.ts';
import type { Book } from '../../../shared/venues/port.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Order, Trade } from '../ledger/model.ts';
import { release, reserveFor } from './order-reserve.ts';
import { settleFills } from './settle-fills.ts';
import { opposite, within } from './walk-book.ts';

/**
 * Matches resting orders of one token against its book, in price-time order, at their own limits. What one
 * order takes from a level is gone for the next. Must run inside one transaction. Contract: clob, "Paper
 * execution".
 */
export function matchResting(
  ledger: Ledger,
  orders: readonly Order[],
  book: Book,
  now: number,
): readonly Trade[] {
  const trades: Trade[] = [];
  for (const side of ['BUY', 'SELL'] as const) {
    const levels = opposite(book, side).map(({ price, size }) => ({ price, size }));
    for (const order of byPriority(orders.filter((candidate) => candidate.side === side))) {
      const shares = takeFrom(levels, order);
      if (shares > 0n) trades.push(fillResting(ledger, order, shares, now));
    }
  }
  return trades;
}

/** Ends GTD orders whose time has come; gives back what they held. Returns the orders that still rest. */
export function expireDue(ledger: Ledger, orders: readonly Order[], now: number): readonly Order[] {
  const resting: Order[] = [];
  for (const order of orders) {
    if (order.expiresAt !== null && order.expiresAt <= now) endOrder(ledger, order, 'expired', now);
    else resting.push(order);
  }
  return resting;
}

/** Cancels or expires an open order: its reserve goes back, its fills stay. */
export function endOrder(ledger: Ledger, order: Order, status: 'cancelled' | 'expired', now: number): Order {
  release(ledger, order, ZERO);
  return ledger.changeOrder(order, { filled: order.filled, reserved: ZERO, status }, now);
}

function fillResting(ledger: Ledger, order: Order, shares: Micro, now: number): Trade {
  const left = sub(sub(order.size, order.filled), shares);
  const keep = reserveFor(order.side, left, order.price);
  const released = release(ledger, order, keep);
  // A BUY pays exactly what it had reserved for these shares, so rounding leaves no crumb behind.
  const paid = order.side === 'BUY' ? released : notional(shares, order.price, 'floor');
  ledger.changeOrder(
    order,
    { filled: add(order.filled, shares), reserved: keep, status: left === 0n ? 'filled' : 'open' },
    now,
  );
  reach('account/match/order-filled');
  return settleFills(ledger, order, { shares, notional: paid, fee: ZERO, role: 'MAKER' }, now);
}

/** Takes as much of the levels within the order's limit as it still needs. */
function takeFrom(levels: { price: Micro; size: Micro }[], order: Order): Micro {
  let need = sub(order.size, order.filled);
  let taken = ZERO;
  for (const level of levels) {
    if (need === 0n || !within(level.price, order.price, order.side)) break;
    const shares = min(need, level.size);
    level.size = sub(level.size, shares);
    need = sub(need, shares);
    taken = add(taken, shares);
  }
  return taken;
}

function byPriority(orders: readonly Order[]): readonly Order[] {
  return orders.toSorted((a, b) => {
    const better = a.side === 'BUY' ? compare(b.price, a.price) : compare(a.price, b.price);
    return better === 0 ? a.id - b.id : better;
  });
}
