import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnProgram } from '../support/program.ts';
import { say, type Said, type Street } from './bot.ts';
import type { Planned } from './plan.ts';
import type { Random } from './random.ts';
import type { ChaosAccount } from './stage.ts';

/** The commands of one account, one after another, each until its bot is certain or gives up. */
export async function lane(
  street: Street,
  account: ChaosAccount,
  commands: readonly Planned[],
  all: Said[],
  until: number,
): Promise<void> {
  const resting: string[] = [];
  for (const planned of commands) {
    if (Date.now() >= until) return;
    const target = planned.cancels ? resting.pop() : undefined;
    const said: Said = {
      planned,
      account,
      ...(target !== undefined && { target }),
      tries: 0,
      end: { state: 'open' },
      ids: new Set(),
    };
    all.push(said);
    await say(street, said, until);
    const { end } = said;
    if (target === undefined && end.state === 'acknowledged' && end.status === 'open') resting.push(end.id);
  }
}

/** How often the killer looks how far the storm is. */
const LOOK_MS = 20;

/** Kills workerd so many times, spread over the storm with jitter. */
export class Killer {
  readonly #program: OwnProgram;
  /** Shares of the storm at which it kills. */
  readonly #moments: readonly number[];
  kills = 0;
  /** Nobody is left to be killed under. */
  over = false;

  constructor(program: OwnProgram, kills: number, random: Random) {
    this.#program = program;
    this.#moments = Array.from(
      { length: kills },
      (_, nth) => (nth + 0.5 + random.unit() * 0.9) / (kills + 1),
    );
  }

  /** `share`: how much of the storm is over, from 0 to 1. */
  async run(share: () => number): Promise<void> {
    for (const moment of this.#moments) {
      while (!this.over && share() < moment) await sleep(LOOK_MS);
      if (this.over) return;
      const pid = this.#program.workerdPid();
      process.kill(pid, 'SIGKILL');
      this.kills += 1;
      while (!this.over && this.#program.workerdPid() === pid) await sleep(LOOK_MS);
    }
  }
}

export const ended = (said: readonly Said[]): number =>
  said.filter(({ end }) => end.state !== 'open' && end.state !== 'released').length;
