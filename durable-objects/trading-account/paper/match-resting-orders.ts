import { reach } from '../../../shared/testing/fault-points.ts';
import type { Book } from '../../../shared/venues/port.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Trade } from '../ledger/model.ts';
import { expireDue, matchResting } from './resting-orders.ts';

/** What became of resting orders: ids of those that expired, and the trades of the others. */
export interface Matched {
  readonly ended: readonly number[];
  readonly trades: readonly Trade[];
}

/** Expires what is due and matches the rest against these books, in one transaction. Safe to run twice. */
export function matchRestingOrders(ledger: Ledger, books: ReadonlyMap<string, Book>, at: number): Matched {
  const trades: Trade[] = [];
  const ended: number[] = [];
  ledger.transaction(() => {
    const open = ledger.openOrders();
    const resting = expireDue(ledger, open, at);
    ended.push(...open.filter((order) => !resting.includes(order)).map((order) => order.id));
    for (const [token, book] of books) {
      const ofToken = resting.filter((order) => order.token === token);
      trades.push(...matchResting(ledger, ofToken, book, at));
    }
  });
  reach('account/match/committed');
  return { ended, trades };
}
