import { monthOf } from '../../shared/limits/billing-period.ts';

/** Requests that a key has made in one calendar month, `YYYY-MM`, UTC. */
export interface MonthlyRequests {
  readonly month: string;
  readonly requests: number;
}

/**
 * The counter of one key, stored under `usage`. Counting itself writes nothing: the object's alarm saves, at most once
 * a minute. What an eviction without its alarm would lose is what a crash of the machine loses: a minute's requests.
 */
export class KeyUsage {
  readonly #kv: SyncKvStorage;
  #counted: MonthlyRequests;
  #saved = true;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
    this.#counted = kv.get<MonthlyRequests>('usage') ?? { month: '', requests: 0 };
  }

  /** One more request. Whether it is the first since `save`, which then has to be called for. */
  count(at: number): boolean {
    this.#counted = { ...this.countAt(at), requests: this.countAt(at).requests + 1 };
    const first = this.#saved;
    this.#saved = false;
    return first;
  }

  /** The count of the month that `at` lies in. */
  countAt(at: number): MonthlyRequests {
    const month = monthOf(at);
    return this.#counted.month === month ? this.#counted : { month, requests: 0 };
  }

  /** Stores what was counted, and gives it. */
  save(): MonthlyRequests {
    if (!this.#saved) this.#kv.put('usage', this.#counted);
    this.#saved = true;
    return this.#counted;
  }
}
