import type { PlaceOutcome } from '../paper/commands.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Trade } from '../ledger/model.ts';
import { accountTexts, type OrderNotification, type Watchers } from './watchers.ts';

/** Tells the account's sockets what was committed. Nothing is read while nobody watches. */
export class AccountNotifications {
  readonly #ledger: Ledger;
  readonly #watchers: Watchers;

  constructor(ledger: Ledger, watchers: Watchers) {
    this.#ledger = ledger;
    this.#watchers = watchers;
  }

  placed(outcomes: readonly PlaceOutcome[]): void {
    if (!this.#watchers.any) return;
    const placed = outcomes.flatMap((outcome) => (outcome.ok && outcome.replayed !== true ? [outcome] : []));
    this.#tell(
      placed.map(({ order }) => ({ type: 'PLACEMENT', order })),
      placed.flatMap(({ trade }) => trade ?? []),
    );
  }

  ended(ids: readonly number[]): void {
    if (this.#watchers.any) this.#tell(this.#ordersOf('CANCELLATION', ids), []);
  }

  /** Resting orders that ended, and the trades of those that were filled. */
  matched(ended: readonly number[], trades: readonly Trade[]): void {
    if (!this.#watchers.any) return;
    const filled = trades.map((trade) => trade.orderId);
    const orders = [...this.#ordersOf('CANCELLATION', ended), ...this.#ordersOf('UPDATE', filled)];
    this.#tell(orders, trades);
  }

  #ordersOf(type: OrderNotification['type'], ids: readonly number[]): readonly OrderNotification[] {
    return [...new Set(ids)].flatMap((id) => {
      const order = this.#ledger.order(id);
      return order ? [{ type, order }] : [];
    });
  }

  #tell(news: readonly OrderNotification[], trades: readonly Trade[]): void {
    if (news.length + trades.length === 0) return;
    const withOrders = trades.flatMap((trade) => {
      const order = this.#ledger.order(trade.orderId);
      return order ? [{ trade, order }] : [];
    });
    this.#watchers.tell(accountTexts(news, withOrders));
  }
}
