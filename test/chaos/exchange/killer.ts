import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { OwnProgram } from '../../support/program.ts';
import type { Random } from '../random.ts';
import { controlExchange, controlGateway, type Desk } from './stage.ts';

/** What dies: two processes by SIGKILL, the exchange's gRPC connections, the desk's connector by an abort. */
export const victims = ['relay', 'connection', 'connector', 'gateway'] as const;
export type Victim = (typeof victims)[number];

const LOOK_MS = 20;

/** `each` times every victim, in an order that the seed chooses. */
export function killPlan(each: number, random: Random): readonly Victim[] {
  const left = victims.flatMap((victim) => Array.from({ length: each }, () => victim));
  const plan: Victim[] = [];
  while (left.length > 0) plan.push(...left.splice(random.between(0, left.length - 1), 1));
  return plan;
}

/** Kills, and waits until what died is there again; not until anything has recovered from it. */
export class Killer {
  readonly #program: OwnProgram;
  readonly #desk: Desk;
  readonly kills: Record<Victim, number> = { relay: 0, connection: 0, connector: 0, gateway: 0 };

  constructor(program: OwnProgram, desk: Desk) {
    this.#program = program;
    this.#desk = desk;
  }

  get count(): number {
    return victims.reduce((sum, victim) => sum + this.kills[victim], 0);
  }

  /** Gives up at `until` (Unix ms). */
  async kill(victim: Victim, until: number): Promise<void> {
    switch (victim) {
      case 'relay':
        await this.#process(() => relayPid(this.#program), until);
        break;
      case 'gateway':
        await this.#process(() => this.#program.workerdPid(), until);
        break;
      case 'connection':
        await controlExchange(this.#program, 'streams/cut', { how: 'connection' });
        break;
      case 'connector':
        await this.#abort(until);
        break;
      default:
        victim satisfies never;
    }
    this.kills[victim] += 1;
  }

  async #process(pidOf: () => number, until: number): Promise<void> {
    const pid = pidOf();
    process.kill(pid, 'SIGKILL');
    while (pidOf() === pid && Date.now() < until) await sleep(LOOK_MS);
  }

  async #abort(until: number): Promise<void> {
    const { tenant } = this.#desk;
    while (Date.now() < until) {
      try {
        await controlGateway(this.#program, 'POST', 'abort', { tenant });
        return;
      } catch {
        // The gateway is not there again yet.
        await sleep(LOOK_MS);
      }
    }
  }
}

const noted = z.object({ pids: z.object({ relay: z.number() }) });

/** The launcher notes each new process in the program's file. */
function relayPid({ home }: OwnProgram): number {
  return noted.parse(JSON.parse(readFileSync(join(home, 'postern.json'), 'utf8'))).pids.relay;
}
