import { machineTime } from '../../shared/clock.ts';

/** The account's one alarm, set for the earliest thing there is to do. */
export class AlarmSchedule {
  readonly #storage: DurableObjectStorage;
  /** When this instance has set it for. Unknown after eviction: setting it again delays it a little. */
  #at = Number.POSITIVE_INFINITY;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Whether this instance has set it since it rang: what was due then need not be asked for again. */
  get isSet(): boolean {
    return this.#at !== Number.POSITIVE_INFINITY;
  }

  /** It has rung: nothing is set any more. */
  fired(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }

  /** Sets it for a moment, unless it rings before. Infinity: there is nothing to do. */
  async setNoLaterThan(at: number): Promise<void> {
    if (at >= this.#at) return;
    this.#at = at;
    await this.#storage.setAlarm(machineTime(at));
  }
}
