import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { createTenant, operate } from '../support/tenants.ts';
import { ask, expectRefusal, type Answer } from './support/ask.ts';
import { claimsOf, localToken, secretOf, type Claims } from './support/local-token.ts';

let program: OwnProgram;
let owner: string;
beforeAll(async () => {
  program = await startProgram({ vars: { CLIENT_IP_HEADER: 'x-test-address' } });
  owner = randomUUID();
  await createTenant(program.file, { owner, keys: 0 });
});
afterAll(() => program.stop());

const balance = (token: string): Promise<Answer> =>
  ask(program.file.url, 'GET', '/v1/account/balance', { headers: { authorization: `Bearer ${token}` } });
const signed = (claims: Claims): Promise<string> => localToken(program.home, { subject: owner, ...claims });
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a user token signed with the shared secret', () => {
  test('reads the balance and lists keys of its owner’s tenant', async () => {
    const token = await signed({});
    const answer = await balance(token);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.headers.get('x-ratelimit-tier')).toBe('enterprise');
    const keys = await ask(program.file.url, 'GET', '/v1/keys', {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([keys.status, keys.json]).toEqual([200, []]);
  });

  test('the sample in postern.json works as it stands', async () => {
    expect((await balance(program.file.jwt.sample)).status).toBe(200);
  });

  test('past its end it is TOKEN_EXPIRED', async () => {
    expectRefusal(await balance(await signed({ expiresIn: -1 })), 401, 'TOKEN_EXPIRED');
  });

  test.each<readonly [string, Claims]>([
    ['for another audience', { audience: 'other' }],
    ['of another issuer', { issuer: 'https://evil.example' }],
    ['without an end', { expiresIn: null }],
    ['with an empty subject', { subject: '' }],
    ['with an endless subject', { subject: 'x'.repeat(256) }],
    ['past its end and for another audience', { audience: 'other', expiresIn: -1 }],
  ])('%s it is INVALID_TOKEN', async (_, claims) => {
    expectRefusal(await balance(await signed(claims)), 401, 'INVALID_TOKEN');
  });

  test('without a subject it is refused', async () => {
    expectRefusal(await balance(await localToken(program.home, {})), 401, 'INVALID_TOKEN');
  });

  test('signed with another secret, another algorithm or not at all it is refused', async () => {
    const secret = new TextEncoder().encode(secretOf(program.home, 'jwtSecret'));
    const good = await signed({});
    const [, body = '', signature = ''] = good.split('.');
    const forged = [
      await claimsOf({ subject: owner }, 'HS256').sign(new TextEncoder().encode('x'.repeat(32))),
      await claimsOf({ subject: owner }, 'HS512').sign(new Uint8Array([...secret, ...secret])),
      `${encode({ alg: 'none' })}.${body}.`,
      `${encode({ alg: 'None' })}.${body}.`,
      `${encode({ alg: 'none' })}.${body}.${signature}`,
      `${good.slice(0, -4)}AAAA`,
      good.replace(
        body,
        encode({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'local-trader' }),
      ),
    ];
    for (const token of forged) expectRefusal(await balance(token), 401, 'INVALID_TOKEN');
  });

  test.each(['x', 'a.b.c', '..', 'null', 'eyJhbGciOiJIUzI1NiJ9', 'x'.repeat(4_000), '%00.%00.%00'])(
    'garbage (%s) is refused',
    async (token) => {
      expectRefusal(await balance(token), 401, 'INVALID_TOKEN');
    },
  );

  test('of an owner without a tenant it is ACCESS_RESTRICTED', async () => {
    expectRefusal(await balance(await signed({ subject: randomUUID() })), 403, 'ACCESS_RESTRICTED');
  });

  test.each([{ admission: 'none' }, { flagged: true }, { under_review: true }])(
    'of a tenant with %j it is ACCESS_RESTRICTED at once',
    async (restriction) => {
      const subject = randomUUID();
      const { tenant } = await createTenant(program.file, { owner: subject, keys: 0 });
      expect((await balance(await signed({ subject }))).status).toBe(200);
      await operate(program.file, 'PATCH', `/tenants/${tenant}`, restriction);
      expectRefusal(await balance(await signed({ subject })), 403, 'ACCESS_RESTRICTED');
    },
  );

  test('on a key-only route it is no key', async () => {
    const headers = { authorization: `Bearer ${await signed({})}` };
    for (const path of ['/v1/data/orders', '/v1/account/positions', '/v1/auth/api-keys']) {
      expectRefusal(await ask(program.file.url, 'GET', path, { headers }), 401, 'MISSING_API_KEY');
    }
  });

  test('nothing at all is MISSING_AUTH', async () => {
    expectRefusal(await ask(program.file.url, 'GET', '/v1/account/balance'), 401, 'MISSING_AUTH');
  });

  test('it is limited like a key of its tenant’s tier, whatever number of tokens there are', async () => {
    const free = randomUUID();
    await createTenant(program.file, { owner: free, keys: 0, tier: 'free' });
    const tokens = await Promise.all(
      Array.from({ length: 12 }, (_, n) => signed({ subject: free, expiresIn: 100 + n })),
    );
    const answers = await Promise.all(tokens.map(balance));
    expect(answers.filter((answer) => answer.status === 200).length).toBeLessThan(12);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expectRefusal(answer, 429, 'RATE_LIMIT_EXCEEDED');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
  });
});
