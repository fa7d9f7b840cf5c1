import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { tiers } from '../../shared/limits/tiers.ts';
import { moveClock, startInstrumented } from '../support/instruments.ts';
import type { OwnProgram } from '../support/program.ts';
import type { Answer } from './support/ask.ts';
import {
  burst,
  expectLimited,
  freshKey,
  mostWithin,
  numberIn,
  obey,
  passedOf,
  probe,
  timed,
  type Timed,
} from './support/limits.ts';

describe('200 requests at once on a free key, as deployed', () => {
  const file = inject('postern');
  let all: readonly Timed[];
  let passed: readonly Timed[];
  beforeAll(async () => {
    const key = await freshKey(file, 'free');
    all = await Promise.all(Array.from({ length: 200 }, () => timed(() => probe(file, key))));
    passed = all.filter(({ answer }) => answer.status === 200);
  });

  test('never more than 2 pass in a second and 120 in a minute', () => {
    expect(mostWithin(passed, 1_000)).toBeLessThanOrEqual(2);
    expect(mostWithin(passed, 60_000)).toBeLessThanOrEqual(120);
    // And all in all: 2 for each second begun between the first request and the last reply.
    const took = Math.max(...all.map((one) => one.received)) - Math.min(...all.map((one) => one.sent));
    expect(passed.length).toBeLessThanOrEqual(2 * Math.ceil(took / 1_000));
  });

  test('two pass: nobody is refused while under the limit', () => {
    expect(passed.length).toBeGreaterThanOrEqual(2);
  });

  test('every refusal says why and when to come again', () => {
    for (const { answer } of all) if (answer.status !== 200) expectLimited(answer);
  });
});

describe('to the request and to the millisecond', () => {
  let program: OwnProgram;
  beforeAll(async () => {
    program = await startInstrumented();
    await moveClock(program, { kind: 'stand' });
  });
  afterAll(() => program.stop());
  const advance = (ms: number): Promise<number> => moveClock(program, { kind: 'advance', ms });
  const send =
    (key: string): (() => Promise<Answer>) =>
    () =>
      probe(program.file, key);

  test.each(['free', 'pro', 'pro_plus'] as const)('a %s key has the cap of its tier', async (tier) => {
    const key = await freshKey(program.file, tier);
    const { requestsPerSecond } = tiers[tier];
    expect(passedOf(await burst(requestsPerSecond + 20, send(key)))).toBe(requestsPerSecond);
    await advance(999);
    expect(passedOf(await burst(5, send(key)))).toBe(0);
    await advance(1);
    expect(passedOf(await burst(requestsPerSecond + 20, send(key)))).toBe(requestsPerSecond);
  });

  test('the minute has a cap too, and opens when its first request has left it', async () => {
    const key = await freshKey(program.file, 'free');
    for (let second = 0; second < 60; second += 1) {
      expect(passedOf(await burst(2, send(key)))).toBe(2);
      if (second < 59) await advance(1_000);
    }
    // 59 s after the first; two left the window at 60 s.
    await advance(999);
    expect(passedOf(await burst(2, send(key)))).toBe(0);
    await advance(1);
    expect(passedOf(await burst(5, send(key)))).toBe(2);
  });

  test('a client that obeys Retry-After passes at once, and the refusals were not counted', async () => {
    const key = await freshKey(program.file, 'free');
    const answers = await burst(50, send(key));
    const refused = answers.find((answer) => answer.status !== 200);
    if (!refused) throw new Error('nothing was refused');
    expectLimited(refused);
    await obey(program, refused);
    const answer = await send(key)();
    expect(answer.status, answer.text).toBe(200);
    expect(numberIn(answer, 'x-ratelimit-remaining')).toBe(120 - 2 - 1);
  });

  test('refused requests do not push the next chance away', async () => {
    const key = await freshKey(program.file, 'free');
    await burst(2, send(key));
    for (let step = 0; step < 9; step += 1) {
      expectLimited(await send(key)());
      await advance(100);
    }
    expectLimited(await send(key)());
    await advance(100);
    expect((await send(key)()).status).toBe(200);
  });

  test('a client alone that follows Retry-After is never refused twice in a row', async () => {
    const key = await freshKey(program.file, 'free');
    let refusals = 0;
    for (let count = 0; count < 9; count += 1) {
      const answer = await send(key)();
      if (answer.status === 200) continue;
      refusals += 1;
      await obey(program, answer);
      expect((await send(key)()).status).toBe(200);
    }
    expect(refusals).toBeGreaterThan(0);
  });
});
