import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  startStubClob,
  STUB_CONDITION,
  stubSigner,
  type StubClob,
  type StubReply,
} from '../../../../test/support/stub-clob.ts';
import { micro, valueOf } from '../../../../test/support/venue-outcomes.ts';
import type { OrderTerms } from '../../port.ts';

const PAGE = '<!DOCTYPE html><html><head><title>Attention Required!</title></head></html>';
const REGION =
  'Trading restricted in your region, please refer to available regions - https://docs.polymarket.com';
const WALLET = `0x${'ab'.repeat(20)}`;
const POST_ONLY = 'post-only mode: only post-only orders and cancels are allowed';

let stub: StubClob;
const signer = stubSigner();
beforeEach(async () => {
  stub = await startStubClob();
});
afterEach(() => stub.close());

const terms: OrderTerms = {
  marketId: STUB_CONDITION,
  outcome: 'Yes',
  side: 'BUY',
  price: micro('0.5'),
  size: micro('10'),
  type: 'gtc',
  postOnly: false,
};
const sent = async (reply: StubReply, own = signer) => {
  stub.on('POST /order', reply);
  return stub.venue.send(valueOf(await stub.venue.prepare(terms, own)));
};
const error = (status: number, text: string, more: object = {}): StubReply => ({
  status,
  body: { error: text, ...more },
});

describe('a refusal is told in the venue’s meaning', () => {
  const table: readonly (readonly [StubReply, object])[] = [
    [
      error(403, REGION),
      { reason: 'VENUE_LOCATION_REFUSED', text: expect.stringContaining(REGION) as unknown },
    ],
    [{ status: 403, body: PAGE }, { reason: 'VENUE_LOCATION_REFUSED' }],
    [error(403, 'Forbidden'), { reason: 'VENUE_AUTHENTICATION' }],
    [error(401, 'Unauthorized/Invalid api key'), { reason: 'VENUE_AUTHENTICATION' }],
    [error(400, `'${WALLET}' address in closed only mode`), { reason: 'VENUE_ACCOUNT_REFUSED' }],
    [error(400, `'${WALLET}' address banned`), { reason: 'VENUE_ACCOUNT_REFUSED' }],
    [
      error(400, 'maker address not allowed, please use the deposit wallet flow'),
      { reason: 'VENUE_ACCOUNT_REFUSED' },
    ],
    [
      error(400, 'the order signer address has to be the address of the API KEY'),
      { reason: 'VENUE_ACCOUNT_REFUSED' },
    ],
    [error(400, 'the market is not yet ready to process new orders'), { reason: 'VENUE_UNAVAILABLE' }],
    [error(400, 'invalid expiration'), { reason: 'INVALID_ORDER_PAYLOAD', text: 'invalid expiration' }],
    [error(400, 'not enough balance / allowance'), { reason: 'INSUFFICIENT_BALANCE' }],
    [error(400, 'the orderbook 1 does not exist'), { reason: 'MARKET_CLOSED' }],
    [
      error(503, 'Trading is currently disabled. Check polymarket.com for updates'),
      { reason: 'VENUE_UNAVAILABLE', retryAfter: 30 },
    ],
    [
      error(503, 'Trading is currently cancel-only. New orders are not accepted, but cancels are allowed.'),
      { reason: 'VENUE_UNAVAILABLE', retryAfter: 30 },
    ],
    [
      error(503, POST_ONLY, { code: 'post_only_mode', retry_after_seconds: 87.2 }),
      { reason: 'VENUE_UNAVAILABLE', retryAfter: 88 },
    ],
    [
      { ...error(503, POST_ONLY), headers: { 'retry-after': '41' } },
      { reason: 'VENUE_UNAVAILABLE', retryAfter: 41 },
    ],
    [
      { body: { success: true, errorMsg: POST_ONLY, orderID: '', status: '' } },
      { reason: 'VENUE_UNAVAILABLE', retryAfter: 30 },
    ],
    [error(500, 'there are no matching orders'), { reason: 'FOK_ORDER_NOT_FILLED_ERROR' }],
    [error(500, 'FOK orders are filled or killed'), { reason: 'FOK_ORDER_NOT_FILLED_ERROR' }],
  ];
  test.each(table)('%j', async (reply, expected) => {
    expect(await sent(reply)).toMatchObject({ tag: 'refused', ...expected });
  });
});

describe('what may have happened is unknown', () => {
  test.each([
    error(425, 'Too Early'),
    { status: 425 },
    error(503, 'Service Unavailable'),
    { status: 503, body: PAGE },
    error(500, 'order timed out'),
    error(400, 'order match delayed due to market conditions'),
  ])('%j', async (reply) => {
    expect(await sent(reply)).toEqual({ tag: 'unknown' });
    stub.on('DELETE /order', reply);
    const cancel = valueOf(await stub.venue.prepareCancel(`0x${'0f'.repeat(32)}`, signer));
    expect(await stub.venue.sendCancel(cancel)).toEqual({ tag: 'unknown' });
  });
});

test('an order that the venue delays is pending, whichever way it says so', async () => {
  const taken = { success: true, orderID: `0x${'0f'.repeat(32)}`, makingAmount: '', takingAmount: '' };
  for (const body of [
    { ...taken, status: 'delayed' },
    { ...taken, status: 'ORDER_STATUS_DELAYED' },
    { ...taken, status: 'live', errorMsg: 'order match delayed due to market conditions' },
  ])
    expect(await sent({ body })).toMatchObject({ tag: 'accepted', order: { status: 'pending', filled: 0n } });
});

test('a venue that says no with 503 works: its cancels still go out, however often it says so', async () => {
  for (let n = 0; n < 12; n += 1) expect(await sent(error(503, POST_ONLY))).toMatchObject({ tag: 'refused' });
  const orderId = `0x${'0f'.repeat(32)}`;
  stub.on('DELETE /order', { body: { canceled: [orderId], not_canceled: {} } });
  const cancel = valueOf(await stub.venue.prepareCancel(orderId, signer));
  expect(await stub.venue.sendCancel(cancel)).toEqual({ tag: 'accepted' });
});

describe('a read that the venue refuses for its place says so, and blames no key', () => {
  test.each([error(403, REGION), { status: 403, body: PAGE }])('%j', async (reply) => {
    stub.on('GET /balance-allowance', reply);
    stub.on('GET /data/trades', reply);
    for (const found of [await stub.venue.balance(signer), await stub.venue.fills({ limit: 1 }, signer)])
      expect(found).toMatchObject({ ok: false, reason: 'VENUE_LOCATION_REFUSED' });
    stub.on('GET /balance-allowance', error(403, 'Forbidden'));
    expect(await stub.venue.balance(signer)).toMatchObject({ reason: 'VENUE_AUTHENTICATION' });
  });
});

describe('a GTD order that the venue would refuse is not sent', () => {
  test.each([
    [-1, 'is in the past'],
    [60, 'must be at least 180 seconds ahead'],
    [178, 'must be at least 180 seconds ahead'],
  ])('%i seconds ahead', async (ahead, message) => {
    const expiration = Math.floor(Date.now() / 1000) + ahead;
    const before = stub.seen.length;
    expect(await stub.venue.prepare({ ...terms, type: 'gtd', expiration }, signer)).toMatchObject({
      reason: 'VALIDATION_FAILED',
      message: expect.stringContaining(message) as unknown,
    });
    expect(stub.seen.length).toBe(before);
  });

  test('182 seconds ahead is an order', async () => {
    const expiration = Math.floor(Date.now() / 1000) + 182;
    expect(await stub.venue.prepare({ ...terms, type: 'gtd', expiration }, signer)).toMatchObject({
      ok: true,
    });
  });
});
