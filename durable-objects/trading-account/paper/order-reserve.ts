import { add, notional, sub, type Micro } from '../../../shared/money/fixed.ts';
import type { Side } from '../../../shared/venues/port.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Order } from '../ledger/model.ts';

/** What a resting order for `shares` holds back: cash at its limit for a BUY, the shares for a SELL. */
export const reserveFor = (side: Side, shares: Micro, price: Micro): Micro =>
  side === 'BUY' ? notional(shares, price, 'ceil') : shares;

/** Holds back for an order, or with a negative amount gives back. */
export function hold(ledger: Ledger, order: Pick<Order, 'side' | 'token'>, amount: Micro): void {
  if (amount === 0n) return;
  if (order.side === 'BUY') {
    ledger.reserve(amount);
    return;
  }
  const held = ledger.position(order.token);
  if (!held) throw new Error('a SELL order rests without a position');
  ledger.setPosition({ ...held, reserved: add(held.reserved, amount) });
}

/** Gives back what an order holds beyond `keep`, and returns how much that was. */
export function release(ledger: Ledger, order: Order, keep: Micro): Micro {
  const amount = sub(order.reserved, keep);
  hold(ledger, order, sub(keep, order.reserved));
  return amount;
}
