import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { ask, type Answer } from './ask.ts';
import { expectLimited, freshKey, mostWithin, numberIn, obey, probe, timed } from './limits.ts';

const file = inject('postern');

describe('scopes', () => {
  test('two tenants do not share a limit', async () => {
    const [loud, quiet] = await Promise.all([freshKey('free'), freshKey('free')]);
    await Promise.all(Array.from({ length: 20 }, () => probe(loud)));
    expect((await probe(quiet)).status).toBe(200);
    expect(numberIn(await probe(quiet), 'x-ratelimit-remaining')).toBe(118);
  });

  const publicly = (address: string, key?: string): Promise<Answer> =>
    ask(file.url, 'GET', '/v1/keys/tiers', {
      headers: { 'x-test-address': address, ...(key === undefined ? {} : { 'x-api-key': key }) },
    });

  test('public routes give an address 10 requests a second, and others their own', async () => {
    const address = randomUUID();
    const all = await Promise.all(Array.from({ length: 60 }, () => timed(() => publicly(address))));
    const passed = all.filter(({ answer }) => answer.status === 200);
    expect(passed.length).toBeGreaterThanOrEqual(10);
    expect(mostWithin(passed, 1_000)).toBeLessThanOrEqual(10);
    const refused = all.filter(({ answer }) => answer.status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const { answer } of refused) expectLimited(answer);
    expect((await publicly(randomUUID())).status).toBe(200);
    await obey(refused.at(-1)?.answer ?? all[0]?.answer ?? (await publicly(address)));
    expect((await publicly(address)).status).toBe(200);
  });

  test('a public route called with a key counts on the key, not on the address', async () => {
    const [address, key] = [randomUUID(), await freshKey('enterprise')];
    const answers = await Promise.all(Array.from({ length: 40 }, () => publicly(address, key)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect((await publicly(address)).status).toBe(200);
  });

  test('a mistyped key does not get around the limit of the address', async () => {
    const address = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => publicly(address, `pst_test_${randomUUID()}`)),
    );
    expect(answers.some((answer) => answer.status === 429)).toBe(true);
  });
});
