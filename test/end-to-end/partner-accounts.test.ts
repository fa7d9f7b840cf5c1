import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import { createTenant, operate } from '../support/tenants.ts';
import { ask, member, type Answer } from './support/ask.ts';
import { ACCOUNTS, accountBody, newPartner, USERS, type Partner } from './support/partner.ts';
import { newTrader } from './support/trader.ts';

const file = inject('postern');
let partner: Partner;
// One each: together they ask more in a second than one partner may.
beforeEach(async () => {
  partner = await newPartner(file);
});

function expectRefused(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.code], answer.text).toEqual([status, code]);
  expect(answer.json).toEqual({ error: code, message: expect.any(String) as unknown });
}

describe('external_id', () => {
  test('of a user: replayed whatever the metadata, a conflict with another email', async () => {
    const body = { external_id: randomUUID(), email: ' Trader@Example.COM ', metadata: { country: 'ES' } };
    const first = await partner.call('POST', USERS, body);
    expect([first.status, member(first, 'email')]).toEqual([201, 'trader@example.com']);
    const again = await partner.call('POST', USERS, { ...body, email: 'trader@example.com', metadata: {} });
    expect([again.status, again.json]).toEqual([200, { ...(first.json as object), created: false }]);
    const read = await partner.call('GET', `${USERS}/${String(member(first, 'user_id'))}`);
    expect(read.json).toMatchObject({ metadata: { country: 'ES' } });
    expectRefused(
      await partner.call('POST', USERS, { ...body, email: 'other@example.com' }),
      409,
      'EXTERNAL_ID_CONFLICT',
    );
  });

  test('of an account: replayed with the same values, also after they changed; a conflict with any other', async () => {
    const user = await partner.user();
    const body = accountBody(user.id, { rules: { a: 1, b: [2] }, metadata: { plan: '10k' } });
    const first = await partner.call('POST', ACCOUNTS, body);
    expect(first.status, first.text).toBe(201);
    const id = String(member(first, 'account_id'));
    const changed = await partner.call('PATCH', `${ACCOUNTS}/${id}`, { stage: 'funded', rules: {} });
    expect(changed.json).toMatchObject({ stage: 'funded', rules: {}, metadata: { plan: '10k' } });
    const { rules: _, metadata: __, ...bare } = body;
    for (const same of [body, { ...body, starting_balance: '10000' }, bare]) {
      const again = await partner.call('POST', ACCOUNTS, same);
      expect([again.status, member(again, 'account_id'), member(again, 'stage')]).toEqual([
        200,
        id,
        'funded',
      ]);
    }
    const other = await partner.user();
    const changes = [
      { user_id: other.id },
      { stage: 'demo' },
      { starting_balance: '10000.01' },
      { rules: { a: 1, b: [3] } },
      { metadata: {} },
    ];
    for (const change of changes)
      expectRefused(
        await partner.call('POST', ACCOUNTS, { ...body, ...change }),
        409,
        'EXTERNAL_ID_CONFLICT',
      );
  });

  test('of twenty at once one is new, and all are the same', async () => {
    const user = { external_id: randomUUID(), email: 'many@example.com' };
    const users = await Promise.all(Array.from({ length: 20 }, () => partner.call('POST', USERS, user)));
    expect(users.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(users.map((answer) => member(answer, 'user_id'))).size).toBe(1);
    const second = await newPartner(file);
    const body = accountBody((await second.user()).id);
    const accounts = await Promise.all(Array.from({ length: 20 }, () => second.call('POST', ACCOUNTS, body)));
    expect(accounts.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array.from({ length: 19 }, () => 200),
      201,
    ]);
    expect(new Set(accounts.map((answer) => member(answer, 'account_id'))).size).toBe(1);
  });
});

describe('input', () => {
  test.each([
    ['POST', USERS, { external_id: '', email: 'a@b' }],
    ['POST', USERS, { external_id: 'x'.repeat(256), email: 'a@b' }],
    ['POST', USERS, { external_id: 'x', email: 'a@example.com\r\nBcc: b@example.com' }],
    ['POST', USERS, { external_id: 'x', email: '<a@example.com>' }],
    ['POST', USERS, { external_id: 'x', email: 'a@b', metadata: { big: 'x'.repeat(20_000) } }],
    ['POST', ACCOUNTS, accountBody(1, { stage: 'real' })],
    ['POST', ACCOUNTS, accountBody(1, { starting_balance: '-1' })],
    ['POST', ACCOUNTS, accountBody(1, { starting_balance: '0.001' })],
    ['GET', `${ACCOUNTS}?limit=501`, undefined],
    ['GET', `${ACCOUNTS}/x/trades?limit=0`, undefined],
    ['GET', `${ACCOUNTS}/x/trades?limit=x`, undefined],
    ['GET', `${ACCOUNTS}/x/trades?side=HOLD`, undefined],
  ] as const)('%s %s is 422', async (method, path, body) => {
    expectRefused(await partner.call(method, path, body), 422, 'VALIDATION_FAILED');
  });

  test.each(['x', '!', 'e30', btoa('{"after":"1"}'), btoa('{"filled_at":"x","order_id":1}')])(
    'the cursor %s is 400',
    async (cursor) => {
      const query = `cursor=${encodeURIComponent(cursor)}`;
      for (const path of [USERS, ACCOUNTS, `${ACCOUNTS}/${randomUUID()}/trades`])
        expectRefused(await partner.call('GET', `${path}?${query}`), 400, 'INVALID_CURSOR');
    },
  );

  test('what names nobody is 404', async () => {
    for (const id of ['0', 'x', '-1', '99999999999999999999', "'"]) {
      const path = encodeURIComponent(id);
      expectRefused(await partner.call('GET', `${USERS}/${path}`), 404, 'NOT_FOUND');
      expectRefused(await partner.call('POST', `${ACCOUNTS}/${path}/close`), 404, 'NOT_FOUND');
    }
    expectRefused(await partner.call('POST', ACCOUNTS, accountBody(1)), 404, 'NOT_FOUND');
  });
});

test('lists give every row once, in order, also while rows are added', async () => {
  const own = await newPartner(file);
  const user = await own.user();
  const ids: string[] = [];
  for (let made = 0; made < 5; made += 1) ids.push(await own.account(user));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${cursor}`;
    const page = await own.call('GET', `${ACCOUNTS}?limit=2&user_id=${user.id}${query}`);
    const body = page.json as { data: { account_id: string }[]; next_cursor: string | null };
    seen.push(...body.data.map((row) => row.account_id));
    cursor = body.next_cursor;
    if (seen.length === 2) await own.account(user);
  } while (cursor !== null);
  expect(seen.slice(0, 5)).toEqual(ids);
  expect(new Set(seen).size).toBe(6);
});

describe('who may ask', () => {
  test('the whole surface is 404 for a tenant that is no partner, until the operator makes it one', async () => {
    const trader = await newTrader(file);
    const asked = [
      ['GET', USERS],
      ['POST', USERS],
      ['GET', `${USERS}/1`],
      ['POST', `${USERS}/1/login-link`],
      ['GET', ACCOUNTS],
      ['POST', ACCOUNTS],
      ['POST', `${ACCOUNTS}/x/reset`],
    ] as const;
    for (const [method, path] of asked) expectRefused(await trader.call(method, path), 404, 'NOT_FOUND');
    const settings = `/tenants/${trader.tenant}/partner`;
    await operate(file, 'PATCH', settings, { enabled: true });
    // Its key was issued before: it has no permission of a partner's.
    expectRefused(await trader.call('GET', USERS), 403, 'INSUFFICIENT_PERMISSION');
    const issued = await operate(file, 'POST', `/tenants/${trader.tenant}/keys`, {
      permissions: ['accounts:read'],
    });
    const { raw_key: key } = (await issued.json()) as { raw_key: string };
    const withKey = (method: string): Promise<Answer> =>
      ask(file.url, method, USERS, {
        headers: { authorization: `Bearer ${key}` },
        body: { external_id: 'x' },
      });
    expect((await ask(file.url, 'GET', USERS, { headers: { 'x-api-key': key } })).status).toBe(200);
    expectRefused(await withKey('POST'), 403, 'INSUFFICIENT_PERMISSION');
    await operate(file, 'PATCH', settings, { enabled: false });
    expectRefused(await trader.call('GET', USERS), 404, 'NOT_FOUND');
  });

  test('nobody, and a strange key, are told so in the words of this surface', async () => {
    expectRefused(await ask(file.url, 'GET', USERS), 401, 'MISSING_API_KEY');
    expectRefused(await ask(file.url, 'GET', USERS, { headers: { 'x-api-key': 'x' } }), 401, 'INVALID_KEY');
    expectRefused(await ask(file.url, 'GET', '/v1/partner/nothing'), 404, 'NOT_FOUND');
    expectRefused(await ask(file.url, 'PUT', USERS), 405, 'METHOD_NOT_ALLOWED');
  });

  test('X-RateLimit-Reset is seconds left here, and Unix seconds elsewhere', async () => {
    const { headers } = await partner.call('GET', USERS);
    expect(Number(headers.get('x-ratelimit-reset'))).toBeLessThanOrEqual(60);
    expect(headers.get('x-ratelimit-limit')).toBe('3000');
    expect(headers.get('x-polysim-ratelimit-limit-per-second')).toBe('50');
    const elsewhere = await partner.call('GET', '/v1/account/balance');
    expect(Number(elsewhere.headers.get('x-ratelimit-reset'))).toBeGreaterThan(1_700_000_000);
  });
});

test('the operator sets a redirect allow-list of clean URLs only', async () => {
  const { tenant } = await createTenant(file, { roles: ['partner'] });
  const set = (redirects: readonly string[]): Promise<Response> =>
    operate(file, 'PATCH', `/tenants/${tenant}/partner`, { redirects });
  for (const bad of [
    'http://example.com/',
    'https://a@example.com/',
    'https://example.com/?x',
    'javascript:1',
  ])
    expect((await set([bad])).status, bad).toBe(422);
  const good = await set(['https://Example.com/app/', 'http://localhost:3000/']);
  expect(await good.json()).toMatchObject({
    enabled: true,
    redirects: ['https://example.com/app/', 'http://localhost:3000/'],
    mail_sender: null,
  });
});
