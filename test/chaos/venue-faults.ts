import { setTimeout as sleep } from 'node:timers/promises';
import { controlVenue } from '../support/control.ts';
import type { OwnProgram } from '../support/program.ts';
import type { Random } from './random.ts';

type Faulty = 'polymarket' | 'kalshi';

/** Where a fault strikes; most often where it hurts. Paths as the adapters send them. */
const targets: Readonly<
  Record<Faulty, readonly (readonly [readonly [method: string, path: string], number])[]>
> = {
  polymarket: [
    [['POST', '/order'], 60],
    [['DELETE', '/order'], 20],
    [['GET', '/data/order*'], 10],
    [['GET', '/book*'], 5],
    [['GET', '/time'], 5],
  ],
  kalshi: [
    [['POST', '/portfolio/events/orders'], 60],
    [['DELETE', '/portfolio/events/orders*'], 20],
    [['GET', '/portfolio/orders*'], 15],
    [['GET', '/markets*'], 5],
  ],
};

/** What happens: before execution, after it, or late. */
const kinds = [
  [{ kind: 'drop_before' }, 15],
  [{ kind: 'drop_after' }, 20],
  [{ kind: 'status', status: 503, after_processing: true }, 15],
  [{ kind: 'status', status: 500, after_processing: true }, 10],
  [{ kind: 'status', status: 502 }, 5],
  [{ kind: 'status', status: 429, headers: { 'retry-after': '1' } }, 10],
  [{ kind: 'malformed', after_processing: true }, 15],
  [{ kind: 'delay', delay_ms: 400 }, 15],
] as const;
/** Ten seconds each: few. */
const HANG = { kind: 'hang' };
const HANG_SHARE = 0.02;
/** How often it looks how far the storm is. */
const LOOK_MS = 20;

/** Faults at both venues, one after another, until told to stop. */
export class VenueFaults {
  readonly #program: OwnProgram;
  readonly #random: Random;
  readonly #hangs: boolean;
  armed = 0;
  readonly #stopping = new AbortController();
  #done: Promise<void> | undefined;

  constructor(program: OwnProgram, random: Random, hangs: boolean) {
    this.#program = program;
    this.#random = random;
    this.#hangs = hangs;
  }

  /** Keeps as many armed in all as `wanted` says by then, at venues and places that the seed chooses. */
  start(wanted: () => number): void {
    this.#done = this.#storm(wanted);
  }

  /** From its return on, the venues answer as they should. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
    for (const venue of ['polymarket', 'kalshi'] as const) {
      await controlVenue(this.#program.file, 'faults', {}, 'DELETE', venue);
    }
  }

  async #storm(wanted: () => number): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      if (this.armed < wanted()) await this.#arm();
      else await sleep(LOOK_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
  }

  async #arm(): Promise<void> {
    const venue = this.#random.pick<Faulty>([
      ['polymarket', 1],
      ['kalshi', 1],
    ]);
    const [method, path] = this.#random.pick(targets[venue]);
    const fault = this.#hangs && this.#random.chance(HANG_SHARE) ? HANG : this.#random.pick<object>(kinds);
    await controlVenue(this.#program.file, 'faults', { method, path, ...fault }, 'POST', venue);
    this.armed += 1;
  }
}
