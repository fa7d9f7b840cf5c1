import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controlVenue } from '../support/control.ts';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { expectRefusal, member, rowsOf, textOf } from './support/ask.ts';
import { newKey } from './support/live-stage.ts';
import { signedBody, type SignedBody } from './support/signed-orders.ts';
import {
  venueMarket,
  venueTrader,
  type VenueMarket,
  type VenueTrader,
} from './support/v1-polymarket-stage.ts';

let program: OwnProgram;
let market: VenueMarket;
let trader: VenueTrader;
let other: VenueTrader;
beforeAll(async () => {
  // Its own program: the venue's faults are its alone.
  program = await startProgram({ vars: { CLIENT_IP_HEADER: 'x-test-address' } });
  market = await venueMarket(program.file);
  trader = await venueTrader(program.file, { keyed: false });
  other = await venueTrader(program.file, { keyed: false });
});
afterAll(() => program.stop());

const signed = (price = 0.1, size = 10, by = trader): Promise<SignedBody> =>
  signedBody(program.file, by.account.privateKey, { token: market.yes, price, size });
const count = async (by = trader): Promise<number> => (await market.orders(by.account)).length;
const send = (body: SignedBody, by = trader, headers = {}) => by.call('POST', '/v1/order', body, headers);

describe('an order that the client signed', () => {
  test('arrives as it was signed, and said again gives the first reply: one order', async () => {
    const [body, before] = [await signed(), await count()];
    const first = await send(body);
    expect(first.json).toMatchObject({ success: true, errorMsg: '', status: 'live', tradeIDs: [] });
    const again = await send(body);
    expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([
      200,
      first.text,
      'true',
    ]);
    const hash = textOf(first, 'orderID');
    const row = (await market.orders(trader.account)).find((order) => order.hash === hash);
    expect(row).toMatchObject({ owner: trader.account.wire.clob_api_key, status: 'LIVE' });
    expect(await count()).toBe(before + 1);
    // Written otherwise it is the same order; to be executed otherwise it is a second one, which none may be.
    const rewritten = { ...body, order: { ...body.order, salt: String(body.order['salt']) } };
    expect((await send(rewritten)).text).toBe(first.text);
    const executed = await send({ ...body, orderType: 'FAK' });
    expectRefusal(executed, 400, 'INVALID_ORDER_PAYLOAD');
    expect(executed.text).toContain('Duplicated');
  });

  test('that matches at once tells what it took, and is read by its hash', async () => {
    const sent = await send(await signed(0.5, 8));
    expect(sent.json).toMatchObject({ status: 'matched', makingAmount: '4', takingAmount: '8' });
    expect(member(sent, 'tradeIDs')).toHaveLength(1);
    const id = textOf(sent, 'orderID');
    const row = await trader.call('GET', `/v1/data/order/${id}`);
    expect(row.json).toMatchObject({ id, status: 'MATCHED', size_matched: '8', outcome: 'Yes' });
    const native = await trader.call('GET', `/v1/orders/${id}`);
    expect(native.json).toMatchObject({ order_id: id, status: 'FILLED', filled_quantity: '8.0000' });
  });

  test.each([
    ['of another wallet', async () => signed(0.1, 10, other), 'signer'],
    [
      'that was changed',
      async () => {
        const body = await signed();
        return { ...body, order: { ...body.order, makerAmount: '2000000' } };
      },
      'invalid signature',
    ],
    [
      'of the other schema',
      async () => {
        const { order, ...rest } = await signed();
        const zero = `0x${'0'.repeat(40)}`;
        return { ...rest, order: { ...order, taker: zero, nonce: '0', feeRateBps: '0', expiration: '0' } };
      },
      'order_version_mismatch',
    ],
  ] as const)('%s is refused, and nothing is sent', async (_, make, words) => {
    const before = [await count(), await count(other)];
    const answer = await send(await make());
    expectRefusal(answer, 400, 'INVALID_ORDER_PAYLOAD');
    expect(answer.text).toContain(words);
    expect([await count(), await count(other)]).toEqual(before);
  });

  test('what the venue refuses is told in its words, and the same order may be sent again', async () => {
    const body = await signed(0.5, 4_000_000);
    const refused = await send(body);
    expectRefusal(refused, 400, 'INSUFFICIENT_BALANCE');
    expect(textOf(refused, 'error')).toMatch(/not enough balance/);
    const usdc = '3000000';
    await controlVenue(program.file, 'fund', { address: trader.account.address, usdc });
    expect((await send(body)).status).toBe(200);
    await trader.call('DELETE', '/v1/cancel-all');
  });

  test.each([
    ['a connection that breaks', { kind: 'drop_after' }],
    ['a 502', { kind: 'status', status: 502, after_processing: true }],
  ] as const)('%s after execution: unknown, then the first outcome, and one order', async (_, fault) => {
    const [body, before] = [await signed(0.11, 12), await count()];
    await controlVenue(program.file, 'faults', { method: 'POST', path: '/order', ...fault });
    const lost = await send(body);
    expectRefusal(lost, 503, 'PERSISTENCE_UNKNOWN');
    expect(lost.headers.get('retry-after')).toBeNull();
    const found = await send(body);
    expect(found.json, found.text).toMatchObject({ success: true, status: 'live', makingAmount: '' });
    expect(found.headers.get('idempotency-replayed')).toBe('true');
    expect((await send(body)).text).toBe(found.text);
    expect(await count()).toBe(before + 1);
  });

  test('a lost reply of one that matched: the retry tells what it took', async () => {
    const body = await signed(0.6, 20);
    await controlVenue(program.file, 'faults', { method: 'POST', path: '/order', kind: 'drop_after' });
    expect((await send(body)).code).toBe('PERSISTENCE_UNKNOWN');
    expect((await send(body)).json).toMatchObject({
      status: 'matched',
      takingAmount: '20',
      tradeIDs: [expect.any(String)],
    });
  });

  test('in an array each has its own outcome, and the array again gives them again', async () => {
    const before = await count();
    const [one, two] = [await signed(0.12), await signed(0.13)];
    const changed = { ...two, order: { ...two.order, takerAmount: '1000000' } };
    const headers = newKey();
    const body = [one, { order: 1 }, changed, two];
    const first = await trader.call('POST', '/v1/orders', body, headers);
    expect(rowsOf(first), first.text).toMatchObject([
      { success: true, status: 'live' },
      { success: false, orderID: '' },
      { success: false, errorMsg: 'invalid signature' },
      { success: true, status: 'live' },
    ]);
    const again = await trader.call('POST', '/v1/orders', body, headers);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    // Whichever of the array stands: the key is that of all.
    const keyOfLast = newKey();
    await trader.call('POST', '/v1/orders', [{ order: 1 }, await signed(0.13)], keyOfLast);
    const three = await signed(0.13);
    for (const [path, reuse, used] of [
      ['/v1/orders', [two, one], headers],
      ['/v1/orders', [three], keyOfLast],
      ['/v1/order', three, keyOfLast],
    ] as const)
      expectRefusal(await trader.call('POST', path, reuse, used), 409, 'IDEMPOTENCY_KEY_REUSE');
    expect(await count()).toBe(before + 3);
  });
});

test('nobody reads or cancels what is another account’s', async () => {
  const id = textOf(await send(await signed(0.14)), 'orderID');
  const before = await count();
  for (const path of [`/v1/data/order/${id}`, `/v1/orders/${id}`])
    expectRefusal(await other.call('GET', path), 404, 'ORDER_NOT_FOUND');
  expectRefusal(await other.call('DELETE', `/v1/orders/${id}`), 404, 'ORDER_NOT_FOUND');
  expect((await other.call('DELETE', '/v1/order', { orderID: id })).json).toMatchObject({ canceled: [] });
  expect((await other.call('DELETE', '/v1/cancel-all')).json).toMatchObject({ canceled: [] });
  expect(member(await other.call('GET', '/v1/data/orders'), 'data')).toEqual([]);
  // Its name is its account's too: another's retry of it is that account's own order, which it may not send.
  expect((await send(await signed(0.14), other)).status).toBe(400);
  expect(await count()).toBe(before);
  expect((await trader.call('GET', `/v1/data/order/${id}`)).json).toMatchObject({ status: 'LIVE' });
});
