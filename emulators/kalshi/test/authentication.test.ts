import { Configuration, PortfolioApi } from 'kalshi-typescript';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ALICE,
  BOB,
  createUser,
  MARKET,
  orderBody,
  send,
  signedHeaders,
  startForTest,
  type TestEmulator,
  type TestReply,
} from './support.ts';

const PATH = '/trade-api/v2/portfolio/balance';
/** Holds a key that nobody has registered. */
const MALLORY = createUser('mallory');

let emulator: TestEmulator;

beforeEach(async () => {
  emulator = await startForTest();
});

afterEach(() => emulator.close());

async function ask(headers: Readonly<Record<string, string>>): Promise<TestReply> {
  const response = await fetch(`${emulator.url}/portfolio/balance`, { headers });
  return { status: response.status, body: await response.json() };
}

const refused = (code: string, details?: string): TestReply => ({
  status: 401,
  body: {
    error: { code, message: code.replaceAll('_', ' '), ...(details === undefined ? {} : { details }) },
  },
});

describe('who is let in', () => {
  test('a signature made by the recipe of the documentation', async () => {
    expect((await ask(signedHeaders(ALICE, 'GET', PATH))).status).toBe(200);
  });

  test('the query is not signed', async () => {
    expect((await send(emulator, ALICE, 'GET', '/portfolio/orders?limit=5&status=resting')).status).toBe(200);
  });

  test.each([-10_000, 20_000])('a clock that is %d ms off', async (skew) => {
    const headers = signedHeaders(ALICE, 'GET', PATH, { timestamp: Date.now() + skew });
    expect((await ask(headers)).status).toBe(200);
  });

  test('public data needs no headers', async () => {
    for (const path of ['/exchange/status', '/markets', `/markets/${MARKET}/orderbook`, '/events']) {
      expect((await emulator.get(path)).status).toBe(200);
    }
  });
});

describe('who is not, in the words of the venue', () => {
  test('nobody at all', async () => {
    expect(await ask({})).toEqual(refused('token_authentication_failure'));
  });

  test('a header is missing', async () => {
    const { 'KALSHI-ACCESS-SIGNATURE': _signature, ...unsigned } = signedHeaders(ALICE, 'GET', PATH);
    expect(await ask(unsigned)).toEqual(refused('signature_is_missing_from_headers'));
    const { 'KALSHI-ACCESS-TIMESTAMP': _timestamp, ...timeless } = signedHeaders(ALICE, 'GET', PATH);
    expect(await ask(timeless)).toEqual(refused('timestamp_is_missing_from_headers'));
  });

  test('a key that is not registered', async () => {
    const headers = { ...signedHeaders(ALICE, 'GET', PATH), 'KALSHI-ACCESS-KEY': 'unknown' };
    expect(await ask(headers)).toEqual(refused('authentication_error', 'NOT_FOUND'));
  });

  const wrong = refused('authentication_error', 'INCORRECT_API_KEY_SIGNATURE');

  test.each([
    ['another user’s key', () => ({ ...signedHeaders(BOB, 'GET', PATH), 'KALSHI-ACCESS-KEY': ALICE.keyId })],
    ['another method', () => signedHeaders(ALICE, 'POST', PATH)],
    ['the path without its base', () => signedHeaders(ALICE, 'GET', '/portfolio/balance')],
    ['the query', () => signedHeaders(ALICE, 'GET', `${PATH}?limit=5`)],
    ['a salt of another length', () => signedHeaders(ALICE, 'GET', PATH, { saltLength: 20 })],
    [
      'another time',
      () => {
        const now = Date.now();
        const headers = signedHeaders(ALICE, 'GET', PATH, { timestamp: now });
        return { ...headers, 'KALSHI-ACCESS-TIMESTAMP': String(now + 1) };
      },
    ],
    [
      'no signature',
      () => ({ ...signedHeaders(ALICE, 'GET', PATH), 'KALSHI-ACCESS-SIGNATURE': 'not base64' }),
    ],
  ])('a signature over or with %s', async (_name, headers) => {
    expect(await ask(headers())).toEqual(wrong);
  });

  test.each([
    ['a minute behind', -60_000],
    ['a minute ahead', 60_000],
  ])('a clock %s', async (_name, skew) => {
    const reply = await ask(signedHeaders(ALICE, 'GET', PATH, { timestamp: Date.now() + skew }));
    expect(reply).toEqual(refused('header_timestamp_expired'));
  });

  test('seconds instead of milliseconds', async () => {
    const timestamp = Math.floor(Date.now() / 1000);
    const reply = await ask(signedHeaders(ALICE, 'GET', PATH, { timestamp }));
    expect(reply).toEqual(refused('header_timestamp_expired'));
  });

  test('a clock of the venue that is off refuses good clients', async () => {
    await emulator.control('clock', { offset_ms: 120_000 });
    expect(await ask(signedHeaders(ALICE, 'GET', PATH))).toEqual(refused('header_timestamp_expired'));
  });

  test('the official client with a wrong private key', async () => {
    const { privateKeyPem } = MALLORY;
    const configuration = new Configuration({ apiKey: ALICE.keyId, privateKeyPem, basePath: emulator.url });
    const call = new PortfolioApi(configuration).getBalance();
    await expect(call).rejects.toMatchObject({ response: { status: 401, data: wrong.body } });
  });
});

test('users see and touch only what is theirs', async () => {
  const { body } = await send(emulator, ALICE, 'POST', '/portfolio/events/orders', orderBody());
  const { order_id: id } = body as { order_id: string };
  expect((await send(emulator, BOB, 'GET', `/portfolio/orders/${id}`)).status).toBe(404);
  expect((await send(emulator, BOB, 'DELETE', `/portfolio/events/orders/${id}`)).status).toBe(404);
  expect((await send(emulator, BOB, 'DELETE', `/api_keys/${ALICE.keyId}`)).status).toBe(404);
  expect((await send(emulator, BOB, 'GET', '/portfolio/orders')).body).toEqual({ orders: [], cursor: '' });
});

test('only RSA public keys of 2048 bits or more are registered', async () => {
  const bad = ['no key', ALICE.privateKeyPem];
  for (const public_key of bad) {
    const reply = await send(emulator, ALICE, 'POST', '/api_keys', { name: 'bad', public_key });
    expect(reply).toMatchObject({ status: 400, body: { error: { code: 'invalid_parameters' } } });
  }
});
