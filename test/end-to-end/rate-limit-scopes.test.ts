import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicRules } from '../../shared/limits/tiers.ts';
import { moveClock, startInstrumented } from '../support/instruments.ts';
import type { OwnProgram } from '../support/program.ts';
import { ask, type Answer } from './support/ask.ts';
import { burst, expectLimited, freshKey, numberIn, obey, passedOf, probe } from './support/limits.ts';

let program: OwnProgram;
beforeAll(async () => {
  // Time goes by only when a test says so: what is counted does not depend on how fast this machine is.
  program = await startInstrumented();
  await moveClock(program, { kind: 'stand' });
});
afterAll(() => program.stop());

describe('scopes', () => {
  test('two tenants do not share a limit', async () => {
    const [loud, quiet] = [await freshKey(program.file, 'free'), await freshKey(program.file, 'free')];
    await burst(20, () => probe(program.file, loud));
    expect((await probe(program.file, quiet)).status).toBe(200);
    expect(numberIn(await probe(program.file, quiet), 'x-ratelimit-remaining')).toBe(118);
  });

  const publicly = (address: string, key?: string): Promise<Answer> =>
    ask(program.file.url, 'GET', '/v1/keys/tiers', {
      headers: { 'x-test-address': address, ...(key === undefined ? {} : { 'x-api-key': key }) },
    });
  const [{ cap }] = publicRules;

  test('public routes give an address 10 requests a second, and others their own', async () => {
    const address = randomUUID();
    const all = await burst(60, () => publicly(address));
    expect([cap, passedOf(all)]).toEqual([10, 10]);
    const refused = all.filter((answer) => answer.status !== 200);
    for (const answer of refused) expectLimited(answer);
    expect((await publicly(randomUUID())).status).toBe(200);
    const [first] = refused;
    if (first) await obey(program, first);
    expect((await publicly(address)).status).toBe(200);
  });

  test('a public route called with a key counts on the key, not on the address', async () => {
    const [address, key] = [randomUUID(), await freshKey(program.file, 'enterprise')];
    expect(passedOf(await burst(40, () => publicly(address, key)))).toBe(40);
    expect((await publicly(address)).status).toBe(200);
  });

  test('a mistyped key does not get around the limit of the address', async () => {
    const address = randomUUID();
    const answers = await burst(60, () => publicly(address, `pst_test_${randomUUID()}`));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(60 - cap);
  });
});
