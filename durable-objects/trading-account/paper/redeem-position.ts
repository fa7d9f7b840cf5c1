import { add, asMicro, mulDiv, notional, ONE, sub, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import { reach } from '../../../shared/testing/fault-points.ts';
import type { Market } from '../../../shared/venues/port.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Position, Redemption } from '../ledger/model.ts';
import { endOrder } from './resting-orders.ts';

/**
 * Takes note that a market no longer trades: its resting orders end, and once it has resolved, a share of the
 * winner pays one dollar and any other nothing. Doing it again changes nothing. Must run inside one transaction.
 */
export function noteMarket(ledger: Ledger, market: Market, now: number): void {
  if (market.status === 'open') return;
  for (const order of ledger.openOrders()) {
    if (order.market === market.conditionId) endOrder(ledger, order, 'cancelled', now);
  }
  if (market.status !== 'resolved') return;
  for (const outcome of market.outcomes) {
    const held = ledger.position(outcome.tokenId);
    if (held && held.settled === null) ledger.setPosition({ ...held, settled: outcome.winner ? ONE : ZERO });
  }
}

/**
 * Pays shares of a settled position out, all of them unless told how many: they and their cost leave, cash and result
 * come. Nothing for any other.
 */
export function redeemPosition(
  ledger: Ledger,
  held: Position,
  now: number,
  shares: Micro = held.shares,
): Redemption | undefined {
  if (held.settled === null || shares <= 0n) return undefined;
  const { token, market, outcome } = held;
  const payout = notional(shares, held.settled, 'floor');
  // Average cost: whoever takes the last share takes the last crumb.
  const cost = asMicro(mulDiv(held.cost, shares, held.shares, 'floor'));
  const realised = sub(payout, cost);
  const money = ledger.requireMoney();
  ledger.setMoney({ ...money, cash: add(money.cash, payout), realised: add(money.realised, realised) });
  reach('account/redeem/money-credited');
  ledger.setPosition({
    ...held,
    shares: sub(held.shares, shares),
    reserved: ZERO,
    cost: sub(held.cost, cost),
    realised: add(held.realised, realised),
  });
  const id = ledger.insertRedemption({ token, shares, payout, cost, at: now });
  return { id, token, market, outcome, shares, payout, realised: asMicro(realised) };
}
