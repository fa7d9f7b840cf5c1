import { randomUUID } from 'node:crypto';
import { Wallet } from 'ethers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { moveClock, resetClock, startInstrumented } from '../support/instruments.ts';
import { openMarket, setBook } from '../support/markets.ts';
import type { OwnProgram } from '../support/program.ts';
import { createTenant, operate } from '../support/tenants.ts';
import { ask, expectRefusal, member, textOf, type Answer } from './support/ask.ts';
import { localToken } from './support/local-token.ts';
import { askL2, createL2, tripleOf } from './support/sign-in.ts';
import { limitOrder, marketBuy, newTrader } from './support/trader.ts';
import { PATIENCE } from '../support/patience.ts';

// Whatever the gateway decides by time, at the moment itself and one step before it.

const DAY_MS = 86_400_000;
const PROBE = '/v1/auth/ban-status/closed-only';

let program: OwnProgram;
let condition: string;
/** Where the clock stands when a test begins, Unix ms: a whole second, as tokens and signatures count. */
let start: number;
beforeAll(async () => {
  program = await startInstrumented();
  const market = await openMarket(program.file);
  ({ condition } = market);
  await setBook(program.file, market.yes, {
    bids: [{ price: '0.40', size: '100000' }],
    asks: [{ price: '0.50', size: '100000' }],
  });
});
afterAll(() => program.stop());
beforeEach(async () => {
  const stands = await moveClock(program, { kind: 'stand' });
  start = await advance(1_000 - (stands % 1_000));
});
afterEach(() => resetClock(program));

const advance = (ms: number): Promise<number> => moveClock(program, { kind: 'advance', ms });
const byKey = (key: string): Promise<Answer> =>
  ask(program.file.url, 'GET', PROBE, { headers: { 'x-api-key': key } });

describe('keys and tokens', () => {
  test('a key ends at its expiry', async () => {
    const { tenant, keys } = await createTenant(program.file);
    const [key] = keys;
    const expires_at = new Date(start + 5_000).toISOString();
    await operate(program.file, 'PATCH', `/tenants/${tenant}/keys/${key?.id}`, { expires_at });
    await advance(4_999);
    expect((await byKey(key?.raw_key ?? '')).status).toBe(200);
    await advance(1);
    expectRefusal(await byKey(key?.raw_key ?? ''), 401, 'KEY_EXPIRED');
  });

  test('a rotated key works on for exactly 24 hours', async () => {
    const { keys } = await createTenant(program.file);
    const [key] = keys;
    const headers = { 'x-api-key': key?.raw_key ?? '' };
    const rotated = await ask(program.file.url, 'POST', `/v1/keys/${key?.id}/rotate`, { headers });
    expect(rotated.status, rotated.text).toBe(201);
    await advance(DAY_MS - 1);
    expect((await byKey(key?.raw_key ?? '')).status).toBe(200);
    await advance(1);
    expectRefusal(await byKey(key?.raw_key ?? ''), 401, 'KEY_EXPIRED');
    expect((await byKey(textOf(rotated, 'raw_key'))).status).toBe(200);
  });

  test('a user token ends with its exp', async () => {
    const owner = randomUUID();
    await createTenant(program.file, { owner, keys: 0 });
    // Seconds from the machine's now, which the gateway's clock is put near to.
    const token = await localToken(program.home, { subject: owner, expiresIn: 600 });
    const balance = (): Promise<Answer> =>
      ask(program.file.url, 'GET', '/v1/account/balance', { headers: { authorization: `Bearer ${token}` } });
    expect((await balance()).status).toBe(200);
    await advance(601_000 + DAY_MS);
    expectRefusal(await balance(), 401, 'TOKEN_EXPIRED');
  });
});

describe('signatures', () => {
  test('L1: 60 s off is taken, 61 s is not, on both sides', async () => {
    const wallet = Wallet.createRandom();
    await createTenant(program.file, { wallet_address: wallet.address, keys: 0 });
    const sign = (seconds: number, nonce: number): Promise<Answer> =>
      createL2(program.file.url, wallet, { timestamp: start / 1_000 + seconds, nonce });
    for (const seconds of [-61, 61]) expectRefusal(await sign(seconds, 0), 401, 'INVALID_KEY');
    expect((await sign(-60, 1)).status).toBe(200);
    expect((await sign(60, 2)).status).toBe(200);
  });

  test('L2: likewise', async () => {
    const wallet = Wallet.createRandom();
    await createTenant(program.file, { wallet_address: wallet.address, keys: 0 });
    const at = start / 1_000;
    const triple = tripleOf(await createL2(program.file.url, wallet, { timestamp: at }));
    const read = (timestamp: number): Promise<Answer> =>
      askL2(program.file.url, triple, wallet.address, { method: 'GET', path: '/data/orders', timestamp });
    for (const seconds of [-61, 61]) expectRefusal(await read(at + seconds), 401, 'INVALID_KEY');
    for (const seconds of [-60, 60]) expect((await read(at + seconds)).status).toBe(200);
  });
});

describe('commands said again', () => {
  test("an SDK's own retry is the earlier attempt for 90 s after the last that was answered", async () => {
    const trader = await newTrader(program.file);
    const send = (headers = {}): Promise<Answer> =>
      trader.call('POST', '/v1/orders', limitOrder(condition), headers);
    const retry = { 'x-stainless-retry-count': '1' };
    await send();
    // The second retry too: the answer to the first may not have arrived.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await advance(90_000);
      expect(member(await send(retry), 'is_replay')).toBe(true);
    }
    await advance(90_001);
    expect(member(await send(retry), 'is_replay')).toBe(false);
  });

  test('a key is kept for a day, and then forgotten by the alarm', async () => {
    const trader = await newTrader(program.file);
    const headers = { 'idempotency-key': randomUUID() };
    const send = (quantity: string): Promise<Answer> =>
      trader.call('POST', '/v1/orders', limitOrder(condition, { quantity }), headers);
    const first = await send('10');
    await advance(DAY_MS - 1);
    const again = await send('10');
    expect([member(again, 'order_id'), member(again, 'is_replay')]).toEqual([
      member(first, 'order_id'),
      true,
    ]);
    expectRefusal(await send('11'), 409, 'IDEMPOTENCY_KEY_REUSE');
    await advance(1);
    // The alarm that matches what rests sweeps too, within about a second.
    await expect.poll(async () => (await send('11')).status, PATIENCE).toBe(200);
  });
});

describe('orders', () => {
  test('a GTD order expires when its time has come, and not before', async () => {
    const trader = await newTrader(program.file);
    const expiration = start / 1_000 + 600;
    const gtd = { time_in_force: 'GTD', expiration };
    await trader.call('POST', '/v1/orders', limitOrder(condition, gtd));
    const rests = await trader.call('POST', '/v1/orders', limitOrder(condition));
    expect(rests.status, rests.text).toBe(200);
    const status = async (id: number): Promise<unknown> =>
      member(await trader.call('GET', `/v1/orders/${id}`), 'status');
    await advance(599_999);
    expect(await status(1)).toBe('PENDING');
    await advance(1);
    await expect.poll(() => status(1), PATIENCE).toBe('EXPIRED');
    expect(await status(2)).toBe('PENDING');
    await trader.call('DELETE', '/v1/cancel-all');
  });

  test('a fill and GET /v1/time carry the same clock’s time', async () => {
    const trader = await newTrader(program.file);
    const filled = await trader.call('POST', '/v1/orders', marketBuy(condition));
    expect(textOf(filled, 'filled_at')).toBe(new Date(start).toISOString());
    expect((await trader.call('GET', '/v1/time')).json).toBe(start / 1_000);
  });
});
