import { reach } from '../../../shared/testing/fault-points.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AccountNotifications } from '../notifications/account-notifications.ts';
import { cancelOrders } from './cancel-orders.ts';

/** A heartbeat may be late by a quarter of its interval, and at least by this (contract: clob, "Cancels"). */
const MIN_GRACE_MS = 1_000;

/** When a heartbeat of this interval, sent at `at`, has lapsed: Unix ms. */
export const deadlineOf = (intervalMs: number, at: number): number =>
  at + intervalMs + Math.max(MIN_GRACE_MS, intervalMs / 4);

/** Cancels what rests once the account's heartbeat has lapsed. Its deadline is stored under `heartbeat`, Unix ms. */
export class DeadManSwitch {
  readonly #kv: SyncKvStorage;
  readonly #ledger: Ledger;
  readonly #news: AccountNotifications;
  #deadline: number | undefined;

  constructor(kv: SyncKvStorage, ledger: Ledger, news: AccountNotifications) {
    this.#kv = kv;
    this.#ledger = ledger;
    this.#news = news;
    this.#deadline = kv.get<number>('heartbeat');
  }

  /** When it falls; never while it is not set. */
  get deadline(): number {
    return this.#deadline ?? Number.POSITIVE_INFINITY;
  }

  /** Sets it anew. Returns the deadline. */
  beat(intervalMs: number, at: number): number {
    const deadline = deadlineOf(intervalMs, at);
    this.#kv.put('heartbeat', deadline);
    this.#deadline = deadline;
    return deadline;
  }

  /** Once the heartbeat has lapsed nothing rests any more, and the switch is off until it is set again. */
  cancelIfLapsed(at: number): void {
    if (this.deadline > at) return;
    const { canceled } = this.#ledger.transaction(() => {
      this.#kv.delete('heartbeat');
      reach('account/switch/disarmed');
      return cancelOrders(this.#ledger, {}, at);
    });
    reach('account/switch/committed');
    // Only now: had the transaction failed, the switch would still have to fall.
    this.#deadline = undefined;
    this.#news.ended(canceled);
  }
}
