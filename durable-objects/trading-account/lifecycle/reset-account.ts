import { ZERO } from '../../../shared/money/fixed.ts';
import { reach } from '../../../shared/testing/fault-points.ts';
import { PAPER_WALLET } from '../allocations/model.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { endOrder } from '../paper/resting-orders.ts';

/** What a reset ended. */
export interface ResetResult {
  readonly cancelled: readonly number[];
  readonly closed: readonly string[];
}

/**
 * Begins again with what was deposited: resting orders end, positions go, and with them the fees and the result
 * so far, so that the account's equation holds from the first moment. Orders, trades and redemptions stay as
 * history. Doing it twice is doing it once. Must run inside one transaction.
 */
export function resetAccount(ledger: Ledger, now: number): ResetResult {
  const cancelled = ledger.openOrders().map((order) => endOrder(ledger, order, 'cancelled', now).id);
  reach('account/reset/orders-ended');
  const closed = ledger.removePositions();
  reach('account/reset/positions-removed');
  // What sessions had went with it.
  ledger.allocations.closeAll(PAPER_WALLET);
  const { deposits } = ledger.requireMoney();
  ledger.setMoney({ cash: deposits, reserved: ZERO, fees: ZERO, deposits, realised: ZERO });
  return { cancelled, closed };
}
