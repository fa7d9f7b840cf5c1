import { now } from '../../../shared/clock.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { reach } from '../../../shared/testing/fault-points.ts';
import type { HighWaterMark } from '../ledger/high-water-mark.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AccountNotifications } from '../notifications/account-notifications.ts';
import { drainOrders, type DrainedOrders } from '../paper/drain-orders.ts';
import { resetAccount } from './reset-account.ts';
import type { Ended } from '../api.ts';

/**
 * How a partner ends an attempt (contract: partner, "Close and reset"). A frozen account takes no order and fills none,
 * and keeps what it has; `frozen` is stored.
 */
export class ChallengeAccount {
  readonly #kv: SyncKvStorage;
  readonly #ledger: Ledger;
  readonly #news: AccountNotifications;
  readonly #highWater: HighWaterMark;
  #frozen: boolean;

  constructor(kv: SyncKvStorage, ledger: Ledger, news: AccountNotifications, highWater: HighWaterMark) {
    this.#kv = kv;
    this.#ledger = ledger;
    this.#news = news;
    this.#highWater = highWater;
    this.#frozen = kv.get<boolean>('frozen') === true;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Why the account takes no command; undefined while it does. */
  refusal(): Failure | undefined {
    return this.#frozen ? failure('ACCESS_RESTRICTED', { message: 'This account is closed' }) : undefined;
  }

  /** Freezes the account from this call on, and cancels what rests. Idempotent. */
  freeze(): Ended {
    const at = now();
    const drained = this.#ledger.transaction(() => {
      this.#kv.put('frozen', true);
      return drainOrders(this.#ledger, at);
    });
    this.#frozen = true;
    return this.#told(drained, at);
  }

  /** Cancels what rests and, once nothing is left, begins again with the deposit; a frozen account thaws with it. */
  restart(): Ended {
    const at = now();
    const drained = this.#ledger.transaction(() => {
      const result = drainOrders(this.#ledger, at);
      if (!result.more) {
        resetAccount(this.#ledger, at);
        this.#kv.delete('frozen');
        this.#highWater.forget();
      }
      return result;
    });
    if (!drained.more) this.#frozen = false;
    return this.#told(drained, at);
  }

  #told({ cancelled, more }: DrainedOrders, at: number): Ended {
    reach('account/attempt/committed');
    this.#news.ended(cancelled);
    return more ? failure('ORDERS_NOT_CANCELLED') : { ok: true, at };
  }
}
