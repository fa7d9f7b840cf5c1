import { machineTime, now } from '../../../shared/clock.ts';

/** Without clients and questions for so long, a desk's streams are given up. */
const IDLE_MS = 15 * 60_000;
/** How often it is written that a desk is in use. */
const TOUCH_MS = 60_000;

/** Whether a desk is in use, over deaths of its object; and the watchdog that looks. */
export class DeskUse {
  readonly #storage: DurableObjectStorage;
  /** The watchdog's round. */
  readonly #watchMs: number;
  #touchedAt = 0;

  constructor(storage: DurableObjectStorage, watchMs: number) {
    this.#storage = storage;
    this.#watchMs = watchMs;
  }

  get isRecent(): boolean {
    const usedAt = this.#storage.kv.get<number>('used_at') ?? 0;
    return now() - usedAt < IDLE_MS;
  }

  /** The desk is in use: that is written, and the watchdog set. */
  async touch(): Promise<void> {
    const at = now();
    if (Math.abs(at - this.#touchedAt) < TOUCH_MS) return;
    this.#touchedAt = at;
    this.#storage.kv.put('used_at', at);
    // One that is set stays: a desk in use would put it off forever.
    if ((await this.#storage.getAlarm()) === null) await this.watchAgain();
  }

  watchAgain(): Promise<void> {
    return this.#storage.setAlarm(machineTime(now() + this.#watchMs));
  }

  /** The connector's own name at the relay, the same over its lives. */
  sessionId(): string {
    const { kv } = this.#storage;
    const known = kv.get<string>('session');
    if (known !== undefined) return known;
    return this.newSession();
  }

  /** Another name: what the relay has under the old one is left behind. */
  newSession(): string {
    const made = crypto.randomUUID();
    this.#storage.kv.put('session', made);
    return made;
  }
}
