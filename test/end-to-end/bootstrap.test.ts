import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { createTenant } from '../support/tenants.ts';
import { ask, expectRefusal, member, rowsOf, textOf, type Answer } from './support/ask.ts';
import { localToken } from './support/local-token.ts';

const vars = { CLIENT_IP_HEADER: 'x-test-address' };
let closed: OwnProgram;
let open: OwnProgram;
beforeAll(async () => {
  [closed, open] = await Promise.all([
    startProgram({ vars }),
    startProgram({ vars: { ...vars, SELF_SERVE_ISSUANCE: 'true' } }),
  ]);
});
afterAll(() => Promise.all([closed.stop(), open.stop()]));

/** Calls as the owner of a tenant, by a user token. */
async function as(
  program: OwnProgram,
  owner: string,
  method: string,
  path: string,
  address: string = randomUUID(),
): Promise<Answer> {
  const authorization = `Bearer ${await localToken(program.home, { subject: owner })}`;
  return ask(program.file.url, method, path, {
    headers: { authorization, 'x-test-address': address },
    ...(method === 'POST' ? { body: {} } : {}),
  });
}
const bootstrap = (program: OwnProgram, owner: string, address?: string): Promise<Answer> =>
  as(program, owner, 'POST', '/v1/keys/bootstrap', address);

describe('POST /v1/keys/bootstrap', () => {
  test('gives an admitted tenant its first key, and only the first', async () => {
    const owner = randomUUID();
    await createTenant(closed.file, { owner, keys: 0 });
    const first = await bootstrap(closed, owner);
    expect(first.status, first.text).toBe(201);
    const headers = { 'x-api-key': textOf(first, 'raw_key') };
    expect((await ask(closed.file.url, 'GET', '/v1/account/balance', { headers })).status).toBe(200);
    expectRefusal(await bootstrap(closed, owner), 400, 'BOOTSTRAP_NOT_ALLOWED');
    expect((await as(closed, owner, 'POST', '/v1/keys')).status).toBe(201);
  });

  test('from many places at once it still gives one key', async () => {
    const owner = randomUUID();
    await createTenant(closed.file, { owner, keys: 0 });
    const answers = await Promise.all(Array.from({ length: 10 }, () => bootstrap(closed, owner)));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(rowsOf(await as(closed, owner, 'GET', '/v1/keys'))).toHaveLength(1);
  });

  test('takes a user token and no key', async () => {
    const { keys } = await createTenant(closed.file, {});
    const headers = { 'x-api-key': keys[0]?.raw_key ?? '' };
    const byKey = await ask(closed.file.url, 'POST', '/v1/keys/bootstrap', { headers, body: {} });
    expectRefusal(byKey, 401, 'INVALID_TOKEN');
    const byNobody = await ask(closed.file.url, 'POST', '/v1/keys/bootstrap', { body: {} });
    expect([byNobody.status, byNobody.code]).toEqual([401, 'MISSING_AUTH']);
  });

  test('is CLOSED_BETA for a tenant that is not admitted and for an owner nobody knows', async () => {
    const owner = randomUUID();
    await createTenant(closed.file, { owner, keys: 0, admission: 'none' });
    expectRefusal(await bootstrap(closed, owner), 403, 'CLOSED_BETA');
    expectRefusal(await bootstrap(closed, randomUUID()), 403, 'CLOSED_BETA');
  });

  test('is API_PRO_COMING_SOON for a paying tenant once self-serve is on', async () => {
    const owner = randomUUID();
    await createTenant(open.file, { owner, keys: 0, admission: 'none', tier: 'pro' });
    expectRefusal(await bootstrap(open, owner), 403, 'API_PRO_COMING_SOON');
  });

  test('has a limit of its own: once a minute from one address', async () => {
    const [owner, address] = [randomUUID(), randomUUID()];
    await createTenant(closed.file, { owner, keys: 0 });
    expect((await bootstrap(closed, owner, address)).status).toBe(201);
    const again = await bootstrap(closed, randomUUID(), address);
    expectRefusal(again, 429, 'RATE_LIMIT_EXCEEDED');
    const wait = Number(again.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect((await bootstrap(closed, randomUUID())).status).toBe(403);
  });
});

describe('an owner nobody knows, while self-serve is on', () => {
  test('becomes a free, read-only tenant', async () => {
    const answer = await bootstrap(open, randomUUID());
    expect(answer.status, answer.text).toBe(201);
    expect([member(answer, 'rate_limit_tier'), member(answer, 'permissions')]).toEqual(['free', ['read']]);
    const headers = { 'x-api-key': textOf(answer, 'raw_key') };
    expect((await ask(open.file.url, 'GET', '/v1/account/balance', { headers })).status).toBe(200);
  });

  test('becomes one tenant, however many requests come at once', async () => {
    const owner = randomUUID();
    const answers = await Promise.all(Array.from({ length: 4 }, () => as(open, owner, 'POST', '/v1/keys')));
    const issued = answers.filter((answer) => answer.status === 201).length;
    expect(issued).toBeGreaterThan(0);
    const keys = answers.flatMap((answer) => (answer.status === 201 ? [textOf(answer, 'raw_key')] : []));
    const headers = { 'x-api-key': keys[0] ?? '' };
    expect(rowsOf(await ask(open.file.url, 'GET', '/v1/keys', { headers }))).toHaveLength(issued);
  });
});
