import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ClockChange } from '../../shared/clock.ts';
import { reachedLine, type FaultKind, type FaultPoint } from '../../shared/testing/fault-points.ts';
import { startProgram, type OwnProgram } from './program.ts';
import type { LaunchOptions } from '../../scripts/launch/launch.ts';
import { PATIENCE } from './patience.ts';

/** Generous: two cores may be busy with other files. */

/** A program of the test's own from the instrumented build. */
export const startInstrumented = (options: Partial<LaunchOptions> = {}): Promise<OwnProgram> =>
  startProgram({ build: 'instrumented', vars: { CLIENT_IP_HEADER: 'x-test-address' }, ...options });

/** A fault that is armed. */
export interface ArmedFault {
  /** Settles once a command has come to the point. */
  reached(): Promise<void>;
}

/** Makes the next arrival at a point throw or hang. */
export async function armFault(program: OwnProgram, point: FaultPoint, kind: FaultKind): Promise<ArmedFault> {
  const log = join(program.home, 'logs/gateway.log');
  const begin = statSync(log).size;
  await control(program, 'POST', 'faults', { point, kind });
  // The log, because a process that hangs in synchronous code answers nobody.
  const said = (): boolean => readFileSync(log).subarray(begin).includes(reachedLine(point));
  return {
    reached: async () => {
      await expect.poll(said, { ...PATIENCE, message: `${point} was not reached` }).toBe(true);
    },
  };
}

/** Lets everything go on that hangs at a point where waiting is possible. */
export const releaseFaults = (program: OwnProgram): Promise<unknown> => control(program, 'DELETE', 'faults');

/**
 * Moves or holds the clock by which the gateway and its objects decide, and returns what it shows then (Unix ms).
 * A restart sets it back.
 */
export async function moveClock(program: OwnProgram, change: ClockChange): Promise<number> {
  // The control route's own reply.
  const { now } = (await control(program, 'POST', 'clock', change)) as { readonly now: number };
  return now;
}

/** The machine's time again. */
export const resetClock = (program: OwnProgram): Promise<unknown> => control(program, 'DELETE', 'clock');

/** Kills workerd as `kill -9` does, and waits until the program has started it again. */
export async function killAndWait(program: OwnProgram): Promise<void> {
  const pid = program.workerdPid();
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => program.workerdPid(), PATIENCE).not.toBe(pid);
}

/** Kills workerd while a command stands at a point; the command's reply never comes. */
export async function killAt(
  program: OwnProgram,
  point: FaultPoint,
  command: () => Promise<unknown>,
): Promise<void> {
  const fault = await armFault(program, point, 'hang');
  const end = command().then(
    () => 'answered',
    () => 'lost',
  );
  await fault.reached();
  await killAndWait(program);
  expect(await end).toBe('lost');
}

async function control(
  program: OwnProgram,
  method: 'POST' | 'DELETE',
  what: 'faults' | 'clock',
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${program.file.url}/__test/${what}`, {
    method,
    headers: { authorization: `Bearer ${program.file.adminToken}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`the gateway refused: ${response.status} ${text}`);
  return JSON.parse(text);
}
