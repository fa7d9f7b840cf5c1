import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALPHA, LIMIT } from '../../emulators/exchange/test/support.ts';
import { sealCall } from '../../shared/relay/sealed-call.ts';
import { freePort, sealing, sign, signing, startTestRelay, vault, type TestRelay } from './support.ts';

const INSERT = '/rest/api/v1beta1/insert_order';
let relay: TestRelay;
let credential: string;
beforeAll(async () => {
  relay = await startTestRelay();
  credential = await relay.credential();
});
afterAll(async () => {
  await relay.close();
  await relay.exchange.close();
});

const ordersAtExchange = async (): Promise<number> => (await relay.exchange.state(ALPHA))['orders'].length;

describe('only the gateway and the vault are answered', () => {
  test('a signed order arrives, and the answer is signed for this very request', async () => {
    const reply = await relay.call(INSERT, LIMIT, { credential });
    expect(reply).toMatchObject({ status: 200, outcome: 'answered', isSigned: true });
    const { orders } = await relay.exchange.state(ALPHA);
    expect(orders).toMatchObject([{ id: reply.body['order_id'], price: '400' }]);
  });

  test('unsigned, replayed, other body, other path, other key: 401, and nothing happens', async () => {
    const before = await ordersAtExchange();
    const body = JSON.stringify(LIMIT);
    const used = await sign('POST', INSERT, body);
    expect((await relay.call(INSERT, body, { credential, token: used })).status).toBe(200);
    const otherPath = await sign('POST', '/rest/api/v1beta1/cancel_order', body);
    const refused = [
      relay.call(INSERT, body, { credential, token: '' }),
      relay.call(INSERT, body, { credential, token: used }),
      relay.call(INSERT, `${body} `, { credential, token: await sign('POST', INSERT, body) }),
      relay.call(INSERT, body, { credential, token: otherPath }),
      relay.call(INSERT, body, { credential, key: signing.privateKey }),
      relay.call(INSERT, body, { credential, key: vault.privateKey }),
    ];
    for (const reply of await Promise.all(refused))
      expect(reply).toMatchObject({ status: 401, outcome: 'not-sent' });
    expect(await ordersAtExchange()).toBe(before + 1);
  });

  test("a credential of another desk, or of another relay's, is not used", async () => {
    const other = await relay.credential({ desk: 'tenant-2/preprod' });
    for (const sealed of [other, 'nonsense'])
      expect(await relay.call(INSERT, LIMIT, { credential: sealed })).toMatchObject({
        status: 400,
        outcome: 'not-sent',
      });
  });

  test('the vault logs in sealed: what passes holds neither password nor token', async () => {
    const login = JSON.stringify({ username: 'alpha-backup', password: 'Local-exchange-1' });
    const call = await sealCall(sealing.publicKey, '/auth/v1beta1/login', login);
    const path = '/sealed/auth/v1beta1/login';
    const reply = await relay.call(path, call.sealed, { key: vault.privateKey });
    expect(reply).toMatchObject({ status: 200, outcome: 'answered', isSigned: true });
    expect(reply.text).not.toContain('accessToken');
    expect(JSON.parse((await call.open(reply.text)) ?? '')).toHaveProperty('accessToken');
    // Carried elsewhere it would stand in a query, or in that path's refusal.
    const astray = await relay.call('/sealed/api/v1beta1/whoami', call.sealed);
    expect(astray).toMatchObject({ status: 400, outcome: 'not-sent' });
  });
});

describe('the outcome is the truth', () => {
  test("the exchange's refusals are answers; a 429 keeps its Retry-After", async () => {
    const bad = await relay.call(INSERT, { ...LIMIT, symbol: 'nothing' }, { credential });
    expect(bad.outcome).toBe('answered');
    const limits = [{ method: 'search_orders', burst: 1, per_ms: 60_000 }];
    await relay.exchange.control('rate-limits', { enabled: true, limits });
    const search = '/rest/api/v1beta1/search_orders';
    await relay.call(search, {}, { credential });
    const limited = await relay.call(search, {}, { credential });
    expect(limited).toMatchObject({ status: 429, outcome: 'answered', body: { code: 8 } });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    await relay.exchange.control('rate-limits', { enabled: false });
    expect((await relay.call(INSERT, LIMIT)).status).toBe(401);
  });

  test('cut off after it arrived, or never answered: unknown', async () => {
    const impatient = await startTestRelay({}, { restTimeoutMs: 300 }, relay.exchange);
    const path = '/api/v1beta1/insert_order';
    for (const [kind, by] of [
      ['drop_after', relay],
      ['drop_before', relay],
      ['hang', impatient],
    ] as const) {
      await relay.exchange.control('faults', { method: 'POST', path, kind });
      const reply = await by.call(INSERT, LIMIT, { credential });
      expect([kind, reply.status, reply.outcome, reply.isSigned]).toEqual([kind, 504, 'unknown', true]);
    }
    await impatient.close();
  });

  test('nobody listens, or no such call: not sent', async () => {
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const alone = await startTestRelay({ RELAY_REST_URL: nowhere }, {}, relay.exchange);
    try {
      const reply = await alone.call(INSERT, LIMIT, { credential });
      expect(reply).toMatchObject({ status: 503, outcome: 'not-sent', isSigned: true, body: { code: 14 } });
      expect((await alone.call('/rest/api/v2/insert_order', {})).outcome).toBe('not-sent');
    } finally {
      await alone.close();
    }
  });
});
