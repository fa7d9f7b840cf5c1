import { add, asMicro, mulDiv, sub, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Order, Position, Trade } from '../ledger/model.ts';

/** One execution to book. For a BUY `notional` was paid, for a SELL received; the fee comes on top or off. */
export interface Execution {
  readonly shares: Micro;
  readonly notional: Micro;
  readonly fee: Micro;
  readonly role: Trade['role'];
}

/**
 * Books one execution of an order: cash, fees, position, realised result and the trade row. Cash that the
 * order had reserved must be back in `cash` before. Keeps the account's invariant by construction.
 */
export function settleFills(ledger: Ledger, order: Order, execution: Execution, now: number): Trade {
  const held = ledger.position(order.token) ?? emptyPosition(order);
  const realised = order.side === 'BUY' ? buy(ledger, held, execution) : sell(ledger, held, execution);
  const { token, market, outcome, side } = order;
  return ledger.insertTrade({
    orderId: order.id,
    token,
    market,
    outcome,
    side,
    ...execution,
    realised,
    at: now,
  });
}

function buy(ledger: Ledger, held: Position, { shares, notional, fee }: Execution): Micro {
  const money = ledger.requireMoney();
  ledger.setMoney({ ...money, cash: sub(sub(money.cash, notional), fee), fees: add(money.fees, fee) });
  ledger.setPosition({ ...held, shares: add(held.shares, shares), cost: add(held.cost, notional) });
  return ZERO;
}

function sell(ledger: Ledger, held: Position, { shares, notional, fee }: Execution): Micro {
  // Average cost: selling all removes all of it, so no crumb of cost outlives the position.
  const cost = asMicro(mulDiv(held.cost, shares, held.shares, 'floor'));
  const realised = sub(notional, cost);
  const money = ledger.requireMoney();
  ledger.setMoney({
    ...money,
    cash: sub(add(money.cash, notional), fee),
    fees: add(money.fees, fee),
    realised: add(money.realised, realised),
  });
  ledger.setPosition({
    ...held,
    shares: sub(held.shares, shares),
    cost: sub(held.cost, cost),
    realised: add(held.realised, realised),
  });
  return realised;
}

const emptyPosition = ({ token, market, outcome }: Order): Position => ({
  token,
  market,
  outcome,
  shares: ZERO,
  reserved: ZERO,
  cost: ZERO,
  realised: ZERO,
  settled: null,
});
