import { Chain, ClobClient, Side, type ApiKeyCreds } from '@polymarket/clob-client-v2';
import * as z from 'zod';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { credentialsFor, post, sendSigned, signedOrderBody } from './signed-requests.ts';
import {
  ALICE,
  BOB,
  errorOf,
  marketOf,
  startForTest,
  type TestEmulator,
  type TestMarket,
} from './support.ts';

let emulator: TestEmulator;
let creds: ApiKeyCreds;
let market: TestMarket;

beforeEach(async () => {
  emulator = await startForTest();
  creds = await credentialsFor(emulator, ALICE);
  market = await marketOf(emulator, 'plain');
});

afterEach(() => emulator.close());

const placedSchema = z.object({ orderID: z.string(), status: z.string() });
const seconds = (ahead: number): number => Math.floor(Date.now() / 1000) + ahead;

async function buy(extra: Partial<Parameters<typeof post>[3]> = {}): ReturnType<typeof post> {
  return post(emulator, ALICE, creds, { token: market.yes, price: 0.4, size: 10, side: 'BUY', ...extra });
}

async function orderStatus(id: string): Promise<unknown> {
  const { body } = await sendSigned(emulator, ALICE, creds, { method: 'GET', path: `/data/order/${id}` });
  return z.object({ status: z.string() }).nullable().parse(body)?.status;
}

describe('refusals in the words of the venue', () => {
  test('the same signed order twice', async () => {
    const input = { token: market.yes, price: 0.4, size: 10, side: 'BUY' } as const;
    const body = await signedOrderBody(emulator, ALICE, creds, input);
    const request = { method: 'POST', path: '/order', body };
    const first = placedSchema.parse((await sendSigned(emulator, ALICE, creds, request)).body);
    const second = await sendSigned(emulator, ALICE, creds, request);
    expect(second.status).toBe(400);
    expect(errorOf(second.body)).toBe(`order ${first.orderID} is invalid. Duplicated.`);
  });

  test.each([
    ['FOK beyond the book', { orderType: 'FOK', price: 0.55, size: 2000 }, /^order couldn't be fully filled/],
    ['FAK with nothing to meet', { orderType: 'FAK', price: 0.3, size: 10 }, /^no orders found to match/],
    [
      'post-only that crosses',
      { price: 0.55, postOnly: true },
      /^invalid post-only order: order crosses book$/,
    ],
    ['too small', { size: 4 }, /^order 0x[0-9a-f]{64} is invalid. Size \(4\) lower than the minimum: 5$/],
    ['more than the cash', { size: 300_000 }, /^not enough balance \/ allowance$/],
    ['selling what one has not', { side: 'SELL', price: 0.6 }, /^not enough balance \/ allowance$/],
    ['GTD in half a minute', { orderType: 'GTD', expiration: seconds(30) }, /^invalid expiration$/],
    ['GTC with an expiration', { expiration: seconds(300) }, /^invalid expiration$/],
  ] as const)('%s', async (_name, extra, text) => {
    const reply = await buy(extra);
    expect(reply.status).toBe(400);
    expect(errorOf(reply.body)).toMatch(text);
    expect((await emulator.get('/__control/orders')).body).toEqual([]);
  });

  test('a price off the tick', async () => {
    const fine = await signedOrderBody(emulator, ALICE, creds, {
      token: market.yes,
      price: 0.4,
      size: 10,
      side: 'BUY',
    });
    const client = new ClobClient({ host: emulator.url, chain: Chain.POLYGON, signer: ALICE, creds });
    // The client would refuse, so it is told of a finer tick than the venue has.
    client.tickSizes[market.yes] = '0.001';
    const order = await client.createOrder({ tokenID: market.yes, price: 0.405, size: 10, side: Side.BUY });
    const body = { ...fine, order: { ...order, salt: Number(order.salt) } };
    const reply = await sendSigned(emulator, ALICE, creds, { method: 'POST', path: '/order', body });
    expect(errorOf(reply.body)).toMatch(/Price \(0\.405\) breaks minimum tick size rule: 0\.01$/);
  });

  test('unknown books and closed markets', async () => {
    expect(await emulator.get('/book?token_id=123')).toEqual({
      status: 404,
      body: { error: 'No orderbook exists for the requested token id' },
    });
    expect((await emulator.get('/book?token_id=abc')).body).toEqual({ error: 'Invalid token id' });
    const placed = placedSchema.parse((await buy()).body);
    await emulator.control('resolve', { condition_id: market.conditionId, winner: market.yes });
    expect(errorOf((await buy()).body)).toBe(`the orderbook ${market.yes} does not exist`);
    expect(await orderStatus(placed.orderID)).toBe('CANCELED_MARKET_RESOLVED');
  });
});

describe('matching', () => {
  test('a limit order that crosses keeps the price improvement and rests the remainder', async () => {
    const reply = await buy({ price: 0.51, size: 600 });
    expect(reply.body).toMatchObject({ status: 'matched', takingAmount: '500', makingAmount: '255' });
    const book = z.object({ bids: z.array(z.unknown()) });
    const { bids } = book.parse((await emulator.get(`/book?token_id=${market.yes}`)).body);
    expect(bids.at(-1)).toEqual({ price: '0.51', size: '100' });
  });

  test('a resting order fills when the market moves through it', async () => {
    const placed = placedSchema.parse((await buy({ price: 0.45 })).body);
    await emulator.control('book', { token_id: market.no, bids: [{ price: '0.56', size: '300' }], asks: [] });
    expect(await orderStatus(placed.orderID)).toBe('MATCHED');
    const trades = await sendSigned(emulator, ALICE, creds, { method: 'GET', path: '/data/trades' });
    expect(trades.body).toMatchObject({ data: [{ trader_side: 'MAKER', price: '0.45', size: '10' }] });
  });

  test('earlier orders at a price fill first', async () => {
    const bob = await credentialsFor(emulator, BOB);
    const first = placedSchema.parse((await buy({ price: 0.5 })).body);
    await post(emulator, BOB, bob, { token: market.yes, price: 0.5, size: 10, side: 'BUY' });
    await emulator.control('book', { token_id: market.yes, bids: [], asks: [{ price: '0.5', size: '10' }] });
    expect(await orderStatus(first.orderID)).toBe('MATCHED');
  });

  test('an order never trades with its own maker', async () => {
    const resting = placedSchema.parse((await buy({ price: 0.5, size: 20 })).body);
    await emulator.control('fund', { address: ALICE.address, token_id: market.yes, shares: '50' });
    const sell = { token: market.yes, price: 0.5, size: 20, side: 'SELL' } as const;
    const reply = await post(emulator, ALICE, creds, sell);
    expect(reply.body).toMatchObject({ status: 'live' });
    expect(await orderStatus(resting.orderID)).toBe('CANCELED');
  });

  test('a GTD order expires on the clock of the venue', async () => {
    const placed = placedSchema.parse((await buy({ orderType: 'GTD', expiration: seconds(120) })).body);
    expect(await orderStatus(placed.orderID)).toBe('LIVE');
    await emulator.control('clock', { offset_ms: 130_000 });
    await emulator.control('clock', { offset_ms: 0 });
    expect(await orderStatus(placed.orderID)).toBe('CANCELED');
  });

  test('where the venue delays marketable orders, they run on its next tick', async () => {
    const sports = await marketOf(emulator, 'delayed');
    const input = { token: sports.yes, price: 0.51, size: 10, side: 'BUY' } as const;
    const reply = await post(emulator, ALICE, creds, input);
    expect(reply.body).toMatchObject({ success: true, status: 'delayed' });
    const orders = async (): Promise<unknown> => (await emulator.get('/__control/orders')).body;
    expect(await orders()).toMatchObject([{ status: 'DELAYED', size_matched: '0' }]);
    await emulator.control('tick');
    expect(await orders()).toMatchObject([{ status: 'MATCHED', size_matched: '10' }]);
  });

  test('a batch reports each order by itself', async () => {
    const inputs = [10, 1].map((size) => ({ token: market.yes, price: 0.4, size, side: 'BUY' }) as const);
    const body = await Promise.all(inputs.map((input) => signedOrderBody(emulator, ALICE, creds, input)));
    const reply = await sendSigned(emulator, ALICE, creds, { method: 'POST', path: '/orders', body });
    expect(reply.body).toMatchObject([
      { success: true, status: 'live' },
      { success: false, errorMsg: expect.stringContaining('lower than the minimum: 5') },
    ]);
    const many = Array.from({ length: 16 }, () => body[0]);
    const refused = await sendSigned(emulator, ALICE, creds, { method: 'POST', path: '/orders', body: many });
    expect(errorOf(refused.body)).toBe('Too many orders in payload: 16, max allowed: 15');
  });

  test('orders that never rested are found through trades only', async () => {
    const placed = placedSchema.parse((await buy({ price: 0.51, size: 10, orderType: 'FAK' })).body);
    expect(await orderStatus(placed.orderID)).toBeUndefined();
  });

  test('a lapsed heartbeat cancels everything', async () => {
    const placed = placedSchema.parse((await buy()).body);
    const beat = { method: 'POST', path: '/v1/heartbeats', body: { heartbeat_id: null } };
    expect((await sendSigned(emulator, ALICE, creds, beat)).status).toBe(200);
    await emulator.control('clock', { offset_ms: 20_000 });
    expect(await orderStatus(placed.orderID)).toBe('CANCELED');
  });
});
