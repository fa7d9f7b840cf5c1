import { beforeAll, describe, expect, test } from 'vitest';
import { expectLimited, freshKey, mostWithin, numberIn, obey, probe, timed, type Timed } from './limits.ts';

describe('200 requests at once on a free key', () => {
  let key: string;
  let all: readonly Timed[];
  let passed: readonly Timed[];
  let refused: readonly Timed[];
  beforeAll(async () => {
    key = await freshKey('free');
    all = await Promise.all(Array.from({ length: 200 }, () => timed(() => probe(key))));
    passed = all.filter(({ answer }) => answer.status === 200);
    refused = all.filter(({ answer }) => answer.status !== 200);
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
    for (const { answer } of refused) expectLimited(answer);
  });

  test('a client that obeys Retry-After passes at once, and the refusals were not counted', async () => {
    const last = refused.at(-1)?.answer;
    if (!last) throw new Error('nothing was refused');
    await obey(last);
    const answer = await probe(key);
    expect(answer.status, answer.text).toBe(200);
    expect(numberIn(answer, 'x-ratelimit-remaining')).toBe(120 - passed.length - 1);
  });
});

test('refused requests do not push the next chance away', async () => {
  const key = await freshKey('free');
  await Promise.all([probe(key), probe(key)]);
  const first = await timed(() => probe(key));
  expectLimited(first.answer);
  const due = first.received + numberIn(first.answer, 'retry-after') * 1_000;
  let last = first;
  for (let count = 0; count < 5_000 && last.answer.status === 429; count += 1) {
    // A client that never stops asking is still let in when the first refusal said.
    expect(last.sent).toBeLessThan(due);
    last = await timed(() => probe(key));
  }
  expect(last.answer.status).toBe(200);
});

test('a client alone that follows Retry-After is never refused twice in a row', async () => {
  const key = await freshKey('free');
  let refusals = 0;
  for (let count = 0; count < 6; count += 1) {
    const answer = await probe(key);
    if (answer.status === 200) continue;
    refusals += 1;
    await obey(answer);
    expect((await probe(key)).status).toBe(200);
  }
  expect(refusals).toBeGreaterThan(0);
});

test('the cap of each tier is the one that GET /v1/keys/tiers tells', async () => {
  const key = await freshKey('pro');
  const all = await Promise.all(Array.from({ length: 60 }, () => timed(() => probe(key))));
  const passed = all.filter(({ answer }) => answer.status === 200);
  expect(mostWithin(passed, 1_000)).toBeLessThanOrEqual(10);
  expect(passed.length).toBeGreaterThanOrEqual(10);
});
