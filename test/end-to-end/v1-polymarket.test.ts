import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controlVenue } from '../support/control.ts';
import { openMarket } from '../support/markets.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { operate } from '../support/tenants.ts';
import { expectRefusal, member, rowsOf, textOf, type Answer } from './support/ask.ts';
import { newKey } from './support/live-stage.ts';
import { limitOrder, microIn, newTrader } from './support/trader.ts';
import {
  venueMarket,
  venueTrader,
  type VenueMarket,
  type VenueTrader,
} from './support/v1-polymarket-stage.ts';
import { credentialsHeader } from './support/venue-accounts.ts';

let program: OwnProgram;
let market: VenueMarket;
let trader: VenueTrader;
beforeAll(async () => {
  program = await startProgram({ vars: { CLIENT_IP_HEADER: 'x-test-address' } });
  market = await venueMarket(program.file);
  trader = await venueTrader(program.file, { keyed: true });
});
afterAll(() => program.stop());

const HASH = /^0x[0-9a-f]{64}$/;
const onVenue = { 'x-postern-venue': 'polymarket' };
const limit = (members = {}) => limitOrder(market.condition, members);
const buy = (members = {}) => limit({ order_type: 'market', price: '0.60', ...members });
const place = (body: unknown, headers = {}) => trader.call('POST', '/v1/orders', body, headers);
const count = async (): Promise<number> => (await market.orders(trader.account)).length;
const open = async (): Promise<readonly string[]> =>
  (await market.orders(trader.account)).filter(({ status }) => status === 'LIVE').map(({ hash }) => hash);

describe('where /v1 trades', () => {
  test('on paper, until the tenant or the operator says otherwise; a header says it for one request', async () => {
    const { account, ...own } = await venueTrader(program.file, { keyed: true, default_venue: 'paper' });
    const placed = async (headers = {}) =>
      typeof member(await own.call('POST', '/v1/orders', limit(), headers), 'order_id');
    expect([await placed(), await placed(onVenue)]).toEqual(['number', 'string']);
    const changed = await own.call('PATCH', '/v1/me', { default_venue: 'polymarket' });
    expect([changed.status, member(changed, 'default_venue')], changed.text).toEqual([200, 'polymarket']);
    expect([await placed(), await placed({ 'x-postern-venue': 'paper' })]).toEqual(['string', 'number']);
    await operate(program.file, 'PATCH', `/tenants/${own.tenant}`, { default_venue: 'paper' });
    expect([await placed(), await placed(onVenue)]).toEqual(['number', 'string']);
    expect(await market.orders(account)).toHaveLength(3);
  });

  test('a sandbox wallet is paper wherever its tenant trades, and is not to be had elsewhere', async () => {
    const made = await trader.call('POST', '/v1/me/wallets', { name: 'sandbox' });
    const wallet = { 'x-postern-wallet': String(member(made, 'id')) };
    const before = await count();
    expect(typeof member(await place(limit(), wallet), 'order_id')).toBe('number');
    expectRefusal(await place(limit(), { ...wallet, ...onVenue }), 422, 'VALIDATION_FAILED');
    expect(await count()).toBe(before);
  });

  test('without credentials, on a venue that /v1 does not trade on or nobody knows: refused', async () => {
    const nobody = await newTrader(program.file);
    const asked = (venue: string) => nobody.call('POST', '/v1/orders', limit(), { 'x-postern-venue': venue });
    expectRefusal(await asked('polymarket'), 403, 'CREDENTIALS_REQUIRED');
    expectRefusal(await asked('kalshi'), 501, 'NOT_SUPPORTED');
    expectRefusal(await asked('nowhere'), 422, 'VALIDATION_FAILED');
    expectRefusal(await trader.call('GET', '/v1/account/equity'), 501, 'NOT_SUPPORTED');
    expect((await nobody.call('GET', '/v1/data/orders', undefined, onVenue)).code).toBe(
      'CREDENTIALS_REQUIRED',
    );
    const given = credentialsHeader({ private_key: trader.account.privateKey, ...trader.account.wire });
    expectRefusal(await nobody.call('POST', '/v1/orders', limit(), given), 422, 'VALIDATION_FAILED');
    const placed = await nobody.call('POST', '/v1/orders', limit(), { ...given, ...onVenue });
    expect(textOf(placed, 'order_id')).toMatch(HASH);
  });
});

describe('an order that the vault signs', () => {
  /** A batch, one market of which cannot be looked up the first time, said twice under one key. */
  async function batchTwice(nth: number, headers: object): Promise<readonly [Answer, Answer]> {
    let seen = 0;
    const other = await openMarket(
      program.file,
      ({ condition_id, minimum_tick_size }) =>
        condition_id !== market.condition && minimum_tick_size === 0.01 && seen++ === nth,
    );
    const away = { method: 'GET', path: `/markets/${other.condition}`, kind: 'status', times: 3 };
    await controlVenue(program.file, 'faults', away);
    const orders = [limitOrder(other.condition, { price: '0.21' }), limit({ price: '0.22' })];
    const named = { ...newKey(), ...headers };
    const say = () => trader.call('POST', '/v1/orders/batch', { orders }, named);
    return [await say(), await say()];
  }
  const placedAt = (price: string) => ({ order_id: expect.anything() as unknown, price, is_replay: false });

  test('a batch said again sends no order twice, though one before it was refused for a moment', async () => {
    const before = await count();
    const [first, again] = await batchTwice(0, onVenue);
    const refused = { status: 'REJECTED', error: 'VENUE_UNAVAILABLE' };
    expect(member(first, 'results')).toMatchObject([refused, placedAt('0.2200')]);
    // The reply's schema says that it is a list.
    const [, same] = member(first, 'results') as readonly object[];
    expect(member(again, 'results')).toMatchObject([placedAt('0.2100'), { ...same, is_replay: true }]);
    expect(await count()).toBe(before + 1);
  });

  test('on paper such a batch waits whole, for its orders are one command', async () => {
    const [first, again] = await batchTwice(1, { 'x-postern-venue': 'paper' });
    expectRefusal(first, 503, 'VENUE_UNAVAILABLE');
    expect(member(again, 'results')).toMatchObject([placedAt('0.2100'), placedAt('0.2200')]);
  });

  test('rests, is listed, read and cancelled by its hash', async () => {
    const placed = await place(limit({ price: '0.21', post_only: true }));
    expect(placed.json, placed.text).toMatchObject({
      status: 'PENDING',
      order_type: 'limit',
      time_in_force: 'GTC',
      token_id: market.yes,
      price: '0.2100',
      filled_quantity: '0.0000',
      is_replay: false,
    });
    const id = textOf(placed, 'order_id');
    const listed = await trader.call('GET', '/v1/orders?status=PENDING&side=BUY');
    expect(member(listed, 'orders')).toContainEqual(
      expect.objectContaining({ order_id: id, time_in_force: 'GTC' }),
    );
    expectRefusal(await trader.call('GET', '/v1/orders?status=FILLED'), 501, 'NOT_SUPPORTED');
    expect(member(await trader.call('DELETE', `/v1/orders/${id}`), 'status')).toBe('CANCELLED');
    expectRefusal(await trader.call('DELETE', `/v1/orders/${id}`), 400, 'ORDER_NOT_CANCELLABLE');
  });

  test('a market order takes what is there within its worst price: by shares, by dollars, whole or not', async () => {
    const shares = await place(buy({ quantity: '10', time_in_force: 'IOC' }));
    expect(shares.json, shares.text).toMatchObject({ status: 'FILLED', order_type: 'market' });
    const { quantity: _, ...dollars } = buy({ amount: '3' });
    expect((await place(dollars)).json).toMatchObject({ status: 'FILLED', notional: '3.00' });
    expectRefusal(await place(buy({ quantity: '9000' })), 400, 'FOK_ORDER_NOT_FILLED_ERROR');
    const sold = await place(limit({ side: 'SELL', order_type: 'market', price: '0.40', quantity: '5' }));
    expect(sold.json, sold.text).toMatchObject({ status: 'FILLED', notional: '2.00', price: '0.4000' });
    expect((await trader.call('GET', '/v1/account/positions')).json).toMatchObject([
      { token_id: market.yes },
    ]);
  });

  test.each([
    [{ quantity: '10.001' }, 'VALIDATION_FAILED'],
    [{ price: '0.215' }, 'INVALID_ORDER_MIN_TICK_SIZE'],
    [{ outcome: 'Maybe' }, 'VALIDATION_FAILED'],
    [{ order_type: 'market', price: undefined }, 'PRICE_REQUIRED'],
    [{ time_in_force: 'FOK', post_only: true }, 'VALIDATION_FAILED'],
    [{ order_type: 'market', quantity: undefined, amount: '3.001' }, 'VALIDATION_FAILED'],
    [{ time_in_force: 'GTD', expiration: 1 }, 'VALIDATION_FAILED'],
  ] as const)('%o is refused, and nothing is sent', async (members, code) => {
    const before = await count();
    expect((await place(limit(members))).code).toBe(code);
    expect(await count()).toBe(before);
  });

  test('client_order_id and Idempotency-Key name it: one order, the first reply', async () => {
    const before = await count();
    const named = limit({ client_order_id: 'mine' });
    const first = await place(named);
    expect(first.json).toMatchObject({ client_order_id: 'mine', is_replay: false });
    const id = textOf(first, 'order_id');
    expect((await place(named)).json).toMatchObject({ order_id: id, is_replay: true });
    expectRefusal(
      await place(limit({ client_order_id: 'mine', quantity: '11' })),
      409,
      'DUPLICATE_CLIENT_ORDER_ID',
    );
    expect(member(await trader.call('GET', `/v1/orders/${id}`), 'client_order_id')).toBe('mine');
    const key = newKey();
    const keyed = await place(limit(), key);
    expect((await place(limit(), key)).json).toMatchObject({ order_id: member(keyed, 'order_id') });
    expectRefusal(await place(limit({ quantity: '11' }), key), 409, 'IDEMPOTENCY_KEY_REUSE');
    expect(await count()).toBe(before + 2);
  });

  test('a lost reply: unknown, then the first outcome, and one order', async () => {
    const [before, key] = [await count(), newKey()];
    await controlVenue(program.file, 'faults', { method: 'POST', path: '/order', kind: 'drop_after' });
    expectRefusal(await place(limit({ quantity: '13' }), key), 503, 'PERSISTENCE_UNKNOWN');
    expect((await place(limit({ quantity: '13' }), key)).json).toMatchObject({
      status: 'PENDING',
      is_replay: true,
    });
    expect(await count()).toBe(before + 1);
  });

  test('a batch: each its own outcome, and none twice', async () => {
    const [before, key] = [await count(), newKey()];
    const body = { orders: [limit(), limit({ price: '0.215' }), limit({ quantity: '7' })] };
    const first = await trader.call('POST', '/v1/orders/batch', body, key);
    expect(first.json, first.text).toMatchObject({ succeeded: 2, failed: 1 });
    const again = await trader.call('POST', '/v1/orders/batch', body, key);
    expect(member(again, 'succeeded')).toBe(2);
    expect(await count()).toBe(before + 2);
  });

  test('by token in human decimals, on either route', async () => {
    const body = { token_id: market.yes, side: 'BUY', price: '0.22', size: '10' };
    const placed = await trader.call('POST', '/v1/clob/order', body);
    expect(placed.json, placed.text).toMatchObject({
      success: true,
      status: 'live',
      price: '0.22',
      size: '10',
    });
    expect((await trader.call('POST', '/v1/order', body)).json).toMatchObject({
      status: 'live',
      errorMsg: '',
    });
  });

  test('needs a private key in the vault: without one the caller is told to sign', async () => {
    const keyless = await venueTrader(program.file, { keyed: false });
    const refused = await keyless.call('POST', '/v1/orders', limit());
    expectRefusal(refused, 403, 'CREDENTIALS_REQUIRED');
    expect(textOf(refused, 'error')).toContain('POST /v1/order');
  });

  test('carries the code of the builder whose tenant it is', async () => {
    const code = `0x${'b1'.repeat(32)}`;
    const builder = await venueTrader(program.file, { keyed: true, roles: ['trader', 'builder'] });
    const response = await fetch(`${program.file.emulators.polymarket}/__control/builder-key`, {
      method: 'POST',
      body: '{}',
    });
    // The control route's own reply.
    const key = (await response.json()) as Record<string, string>;
    const stored = await builder.call('PUT', '/api/v1/builder/credentials', { ...key, code });
    expect(stored.status, stored.text).toBe(200);
    expect((await builder.call('POST', '/v1/orders', limit())).status).toBe(200);
    expect(await market.orders(builder.account)).toMatchObject([{ builder: code }]);
  });
});

describe('cancels, by whichever route', () => {
  test.each([
    ['DELETE', '/v1/order', (ids: readonly string[]) => ({ orderID: ids[0] }), 1],
    ['DELETE', '/v1/orders', (ids: readonly string[]) => ids, 2],
    ['DELETE', '/v1/cancel-market-orders', () => ({ market: market.condition }), 2],
    ['DELETE', '/v1/cancel-all', () => undefined, 2],
    ['POST', '/v1/cancel-all?confirm=true', () => undefined, 2],
  ] as const)('%s %s', async (method, path, body, ended) => {
    await trader.call('DELETE', '/v1/cancel-all');
    for (const price of ['0.23', '0.24']) expect((await place(limit({ price }))).status).toBe(200);
    const ids = await open();
    const headers = { 'idempotency-key': randomUUID() };
    const answer = await trader.call(method, path, body(ids), headers);
    expect(member(answer, 'canceled'), answer.text).toHaveLength(ended);
    expect(await open()).toHaveLength(2 - ended);
    const again = await trader.call(method, path, body(ids), headers);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([answer.text, 'true']);
  });

  test('what is no order of the account is told, unguarded cancel-all is refused, and a fault is unknown', async () => {
    const nobody = `0x${'0'.repeat(64)}`;
    const answer = await trader.call('DELETE', '/v1/orders', [nobody, '7']);
    expect(Object.keys(member(answer, 'not_canceled') ?? {}).toSorted()).toEqual([nobody, '7']);
    expect((await trader.call('POST', '/v1/cancel-all')).code).toBe('CONFIRMATION_REQUIRED');
    expect((await place(limit({ price: '0.25' }))).status).toBe(200);
    await controlVenue(program.file, 'faults', { method: 'DELETE', path: '/cancel-all', kind: 'drop_after' });
    expectRefusal(await trader.call('DELETE', '/v1/cancel-all'), 503, 'PERSISTENCE_UNKNOWN');
    expect(await open()).toEqual([]);
  });
});

test('the account at the venue: cash, what open orders hold back, and the venue’s own words', async () => {
  await trader.call('DELETE', '/v1/cancel-all');
  await place(limit({ price: '0.30', quantity: '10' }));
  const balance = await trader.call('GET', '/v1/account/balance');
  expect(balance.json).toMatchObject({ reserved: '3.00', currency: 'USDC', fees_paid: null });
  const asset = 'asset_type=COLLATERAL';
  const allowance = await trader.call('GET', `/v1/balance-allowance?${asset}`);
  expect(textOf(allowance, 'balance')).toBe(microIn(balance, 'balance').toString());
  expect((await trader.call('GET', `/v1/balance-allowance/update?${asset}`)).status).toBe(200);
  const trades = await trader.call('GET', `/v1/data/trades?market=${market.condition}`);
  expect(Object.keys(trades.json ?? {}).toSorted()).toEqual(['count', 'data', 'limit', 'next_cursor']);
  expect(rowsOf({ ...trades, json: member(trades, 'data') }).length).toBeGreaterThan(2);
});
