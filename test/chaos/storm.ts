import { mapConcurrently } from '../../shared/concurrency/map-concurrently.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnProgram } from '../support/program.ts';
import { signFee } from './fees.ts';
import { sendCommand, type ClientContext } from './send-command.ts';
import type { SentCommand } from './sent-command.ts';
import type { Plan, Planned } from './plan.ts';
import type { Random } from './random.ts';
import type { ChaosAccount } from './accounts.ts';

/** Commands of an account that are said in one go; then others have their turn. */
const TURN = 10;
/** Commands of one account that are on their way together. */
const CONCURRENCY = 3;

/** What one account has to say, and what it has at rest. */
interface Lane {
  readonly account: ChaosAccount;
  readonly commands: readonly Planned[];
  /** Ids of its orders that may be cancelled. */
  readonly resting: string[];
}

/**
 * Says all commands, or as many as there is time for. `active` accounts talk at a time, in turns: every death of
 * workerd costs a cold start of each of them, so with all of them at once there would be little else.
 */
export async function storm(
  street: ClientContext,
  accounts: readonly ChaosAccount[],
  { commands }: Plan,
  all: SentCommand[],
  { active, until }: { readonly active: number; readonly until: number },
): Promise<void> {
  const lanes = accounts.map((account, index): Lane => ({
    account,
    commands: commands.filter((one) => one.account === index),
    resting: [],
  }));
  const longest = Math.max(...lanes.map((lane) => lane.commands.length));
  const turns = Array.from({ length: Math.ceil(longest / TURN) }, (_, nth) =>
    lanes.map((lane) => ({ lane, commands: lane.commands.slice(nth * TURN, (nth + 1) * TURN) })),
  ).flat();
  await mapConcurrently(turns, active, ({ lane, commands: own }) =>
    mapConcurrently(own, CONCURRENCY, (planned) => sendFirst(street, lane, planned, all, until)),
  );
}

/** Says a command for the first time, as often as its bot will. */
async function sendFirst(
  street: ClientContext,
  { account, resting }: Lane,
  planned: Planned,
  all: SentCommand[],
  until: number,
): Promise<void> {
  if (Date.now() >= until) return;
  const target = planned.cancels ? resting.pop() : undefined;
  const said: SentCommand = {
    planned,
    account,
    ...(target !== undefined && { target }),
    tries: 0,
    end: { state: 'open' },
    ids: new Set(),
    fees: [],
  };
  if (target === undefined && planned.fee) await signFee(said);
  all.push(said);
  await sendCommand(street, said, until);
  const { end } = said;
  if (target === undefined && end.state === 'acknowledged' && end.status === 'open') resting.push(end.id);
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

export const ended = (said: readonly SentCommand[]): number =>
  said.filter(({ end }) => end.state !== 'open' && end.state !== 'released').length;
