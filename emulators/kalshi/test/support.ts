import { constants, generateKeyPairSync, sign } from 'node:crypto';
import * as z from 'zod';
import { startKalshiEmulator, type KalshiEmulator, type KalshiEmulatorOptions } from '../index.ts';

export interface TestUser {
  readonly account: string;
  readonly keyId: string;
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
}

/** A user with a key made for this run. */
export function createUser(account: string): TestUser {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { account, keyId: `test-key-of-${account}`, privateKeyPem: privateKey, publicKeyPem: publicKey };
}

export const ALICE = createUser('alice');
export const BOB = createUser('bob');

export interface TestReply {
  readonly status: number;
  readonly body: unknown;
}

export interface TestEmulator extends KalshiEmulator {
  control(path: string, body?: unknown): Promise<unknown>;
  get(path: string): Promise<TestReply>;
}

/** A manual-clock emulator that knows the keys of Alice and Bob; a test closes it with `close`. */
export async function startForTest(options: KalshiEmulatorOptions = {}): Promise<TestEmulator> {
  const emulator = await startKalshiEmulator({ clock: 'manual', ...options });
  const control = async (path: string, body: unknown = {}): Promise<unknown> => {
    const request = { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${emulator.url}/__control/${path}`, request);
    if (!response.ok) throw new Error(`control ${path}: ${await response.text()}`);
    return response.json();
  };
  for (const { account, keyId, publicKeyPem } of [ALICE, BOB]) {
    await control('api-key', { account, api_key_id: keyId, public_key: publicKeyPem });
  }
  return {
    ...emulator,
    control,
    get: async (path) => {
      const response = await fetch(`${emulator.url}${path}`);
      return { status: response.status, body: await response.json() };
    },
  };
}

/** Headers as the venue's documentation describes them, made without the code under test or its client. */
export function signedHeaders(
  user: TestUser,
  method: string,
  path: string,
  { timestamp = Date.now(), saltLength = 32 } = {},
): Record<string, string> {
  const key = { key: user.privateKeyPem, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  const signature = sign('sha256', Buffer.from(`${timestamp}${method}${path}`), key);
  return {
    'KALSHI-ACCESS-KEY': user.keyId,
    'KALSHI-ACCESS-TIMESTAMP': String(timestamp),
    'KALSHI-ACCESS-SIGNATURE': signature.toString('base64'),
  };
}

/** A signed request. A string body goes out as it is. */
export async function send(
  emulator: KalshiEmulator,
  user: TestUser,
  method: string,
  path: string,
  body?: unknown,
): Promise<TestReply> {
  const { pathname } = new URL(`${emulator.url}${path}`);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${emulator.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...signedHeaders(user, method, pathname) },
    ...(body === undefined ? {} : { body: text }),
  });
  const reply = await response.text();
  return { status: response.status, body: reply === '' ? undefined : JSON.parse(reply) };
}

/** An open cent market that takes hundredths of contracts. */
export const MARKET = 'KXCPIYOY-27MAY-T3.0';

/** Gives the market a known book around 0.50. */
export async function knownBook(emulator: TestEmulator, ticker = MARKET): Promise<void> {
  await emulator.control('book', {
    ticker,
    bids: [
      { price: '0.49', count: 500 },
      { price: '0.48', count: 500 },
    ],
    asks: [
      { price: '0.51', count: 500 },
      { price: '0.52', count: 500 },
    ],
  });
}

let made = 0;

/** A good order: a bid that rests. */
export function orderBody(extra: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  made += 1;
  return {
    ticker: MARKET,
    client_order_id: `test-${made}`,
    side: 'bid',
    count: '10',
    price: '0.40',
    time_in_force: 'good_till_canceled',
    self_trade_prevention_type: 'taker_at_cross',
    ...extra,
  };
}

export function place(
  emulator: TestEmulator,
  user: TestUser,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<TestReply> {
  return send(emulator, user, 'POST', '/portfolio/events/orders', orderBody(extra));
}

const createdSchema = z.object({
  order_id: z.string(),
  client_order_id: z.string(),
  fill_count: z.string(),
  remaining_count: z.string(),
  average_fill_price: z.string().optional(),
  average_fee_paid: z.string().optional(),
});

/** Places an order that must be taken. */
export async function placed(
  emulator: TestEmulator,
  user: TestUser,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<z.infer<typeof createdSchema>> {
  const { status, body } = await place(emulator, user, extra);
  if (status !== 201) throw new Error(`not placed: ${status} ${JSON.stringify(body)}`);
  return createdSchema.parse(body);
}

const orderSchema = z.object({ order: z.record(z.string(), z.unknown()) });

export async function orderOf(
  emulator: TestEmulator,
  user: TestUser,
  id: string,
): Promise<Record<string, unknown>> {
  const { body } = await send(emulator, user, 'GET', `/portfolio/orders/${id}`);
  return orderSchema.parse(body).order;
}

export async function balanceOf(emulator: TestEmulator, user: TestUser): Promise<string> {
  const { body } = await send(emulator, user, 'GET', '/portfolio/balance');
  return z.object({ balance_dollars: z.string() }).parse(body).balance_dollars;
}
