/** Counters of an account's router sockets on one hub, under the names of `GET /api/v1/ws/usage`. */
export interface SocketCounters {
  connections_opened_total: number;
  connections_closed_total: number;
  auth_failures_total: number;
  subscribe_requests_total: number;
  unsubscribe_requests_total: number;
  messages_sent_total: number;
  bytes_sent_total: number;
}

/** What happened in this time before a crash is not counted. */
const SAVE_AFTER_MS = 1_000;

/**
 * Counts what an account's router sockets do on this hub. The counters are written a second after they moved, so that
 * a busy socket does not cost a write for each frame, and a hub that goes to sleep has written them all.
 */
export class UsageBook {
  readonly #kv: SyncKvStorage;
  readonly #counters = new Map<string, SocketCounters>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  /** The counters as they stand. */
  of(account: string): Readonly<SocketCounters> {
    return this.#counters.get(account) ?? this.#stored(account);
  }

  /** The counters to move on; what is done to them within this turn and the next second is written. */
  moving(account: string): SocketCounters {
    const counters = this.#counters.get(account) ?? { ...this.#stored(account) };
    this.#counters.set(account, counters);
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#save(), SAVE_AFTER_MS);
    return counters;
  }

  #save(): void {
    this.#timer = undefined;
    for (const [account, counters] of this.#counters) this.#kv.put(keyOf(account), counters);
    this.#counters.clear();
  }

  #stored(account: string): SocketCounters {
    return this.#kv.get<SocketCounters>(keyOf(account)) ?? { ...NONE };
  }
}

const keyOf = (account: string): string => `usage:${account}`;

const NONE: Readonly<SocketCounters> = {
  connections_opened_total: 0,
  connections_closed_total: 0,
  auth_failures_total: 0,
  subscribe_requests_total: 0,
  unsubscribe_requests_total: 0,
  messages_sent_total: 0,
  bytes_sent_total: 0,
};
