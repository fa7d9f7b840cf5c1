import { expect } from 'vitest';
import type { PosternFile } from '../../../scripts/launch/launch.ts';
import { moveClock } from '../../support/instruments.ts';
import type { OwnProgram } from '../../support/program.ts';
import { createTenant } from '../../support/tenants.ts';
import { ask, expectRefusal, type Answer } from './ask.ts';

const PROBE = '/v1/auth/ban-status/closed-only';

/** A reply and when it was asked for. */
export interface Timed {
  readonly answer: Answer;
  /** Just before the request left and just after its reply came, ms of one clock. */
  readonly sent: number;
  readonly received: number;
}

export async function timed(send: () => Promise<Answer>): Promise<Timed> {
  const sent = performance.now();
  const answer = await send();
  return { answer, sent, received: performance.now() };
}

/** The server's clock counts whole milliseconds: two moments may be nearer than it sees by less than one. */
const TICK_MS = 1;

/**
 * The most requests that surely passed within one span. The server let a request pass at some moment between
 * `sent` and `received`; those whose whole bracket lies inside a span passed inside it, whatever that moment was.
 * So a limiter that keeps its cap can never exceed it here, however slow the machine is.
 */
export function mostWithin(passed: readonly Timed[], spanMs: number): number {
  const counts = passed.map(
    ({ sent }) =>
      passed.filter((other) => other.sent >= sent && other.received < sent + spanMs - TICK_MS).length,
  );
  return Math.max(0, ...counts);
}

/** The key of a tenant of its own. */
export async function freshKey(
  file: PosternFile,
  tier: 'free' | 'pro' | 'pro_plus' | 'enterprise',
): Promise<string> {
  const { keys } = await createTenant(file, { tier });
  return keys[0]?.raw_key ?? '';
}
/** The cheapest request that counts on a key. */
export const probe = (file: PosternFile, key: string): Promise<Answer> =>
  ask(file.url, 'GET', PROBE, { headers: { 'x-api-key': key } });
/** Many at once. */
export const burst = (count: number, send: () => Promise<Answer>): Promise<readonly Answer[]> =>
  Promise.all(Array.from({ length: count }, send));
export const passedOf = (answers: readonly Answer[]): number =>
  answers.filter(({ status }) => status === 200).length;
/** A header that is a number. */
export const numberIn = (answer: Answer, name: string): number =>
  Number(answer.headers.get(name) ?? 'missing');
/** Lets as much time go by as the server says. */
export async function obey(program: OwnProgram, answer: Answer): Promise<void> {
  await moveClock(program, { kind: 'advance', ms: numberIn(answer, 'retry-after') * 1000 });
}

export function expectLimited(answer: Answer): void {
  expectRefusal(answer, 429, 'RATE_LIMIT_EXCEEDED');
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d?$/);
}
