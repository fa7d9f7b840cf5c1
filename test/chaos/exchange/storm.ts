import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnProgram } from '../../support/program.ts';
import type { Random } from '../random.ts';
import type { Lane } from './commands.ts';
import { killPlan, type Killer } from './killer.ts';
import type { StormOptions } from './options.ts';
import { controlExchange, controlGateway, type Desk } from './stage.ts';

/** Absence at the exchange is believed after half a minute (docs/consistency.md). */
const ABSENCE_HOLDS_MS = 31_000;
/** What commands have to become certain by themselves before that. */
const SETTLE_MS = 1_500;

export interface StormHost {
  readonly desk: Desk;
  readonly random: Random;
  /** Settles when everything is up, or has not been for long. */
  readonly recovered: () => Promise<unknown>;
}

/** For each death its share of the work, and the death somewhere within it: every other time after all has recovered. */
export async function storm(
  program: OwnProgram,
  options: StormOptions,
  killer: Killer,
  { desk, random, recovered }: StormHost,
): Promise<void> {
  const { books, executions, perSecond, symbols, stormMs } = options;
  const until = Date.now() + stormMs;
  const plan = killPlan(options.kills, random);
  const share = (whole: number): number => Math.ceil(whole / plan.length);
  const turnMs = ((share(books) + share(executions)) / perSecond) * 1000;
  for (const victim of plan) {
    if (random.chance(0.5)) await recovered();
    if (Date.now() >= until) return;
    const work = { username: desk.username, account: desk.account, symbols };
    await controlExchange(program, 'generate', {
      ...work,
      books: share(books),
      executions: share(executions),
      per_second: perSecond,
    });
    const turn = Date.now();
    await sleep(random.unit() * turnMs);
    await killer.kill(victim, until);
    await sleep(Math.max(0, turn + turnMs - Date.now()));
  }
}

/** Lets what was left open become certain; where nothing but time can tell, half a minute passes by the gateway's clock. */
export async function settle(program: OwnProgram, lanes: readonly Lane[], until: number): Promise<void> {
  const stopped = Promise.all(lanes.map((lane) => lane.stop(until)));
  const isDone = await Promise.race([stopped.then(() => true), sleep(SETTLE_MS, false)]);
  if (isDone) return;
  await controlGateway(program, 'POST', 'clock', { kind: 'advance', ms: ABSENCE_HOLDS_MS });
  await stopped;
}
