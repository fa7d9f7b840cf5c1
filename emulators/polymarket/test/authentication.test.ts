import { Chain, ClobClient, type ApiKeyCreds } from '@polymarket/clob-client-v2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hmacSignature } from '../auth/hmac.ts';
import { credentialsFor, sendSigned, signedOrderBody } from './signed-requests.ts';
import { ALICE, BOB, errorOf, marketOf, startForTest, type TestEmulator } from './support.ts';

let emulator: TestEmulator;
let creds: ApiKeyCreds;

beforeEach(async () => {
  emulator = await startForTest();
  creds = await credentialsFor(emulator, ALICE);
});

afterEach(() => emulator.close());

const REFUSED = { status: 401, body: { error: 'Unauthorized/Invalid api key' } };
const LIST = { method: 'GET', path: '/auth/api-keys' };
const now = (): number => Math.floor(Date.now() / 1000);

describe('L2', () => {
  test('a wrong secret, passphrase, key or address is refused', async () => {
    const otherSecret = Buffer.alloc(32, 7).toString('base64');
    const bad: readonly ApiKeyCreds[] = [
      { ...creds, secret: otherSecret },
      { ...creds, passphrase: 'wrong' },
      { ...creds, key: '00000000-0000-0000-0000-000000000000' },
    ];
    for (const wrong of bad) expect(await sendSigned(emulator, ALICE, wrong, LIST)).toEqual(REFUSED);
    expect(await sendSigned(emulator, BOB, creds, LIST)).toEqual(REFUSED);
    expect((await sendSigned(emulator, ALICE, creds, LIST)).status).toBe(200);
  });

  test('a timestamp more than a minute off is refused', async () => {
    for (const timestamp of [now() - 70, now() + 70]) {
      expect(await sendSigned(emulator, ALICE, creds, { ...LIST, timestamp })).toEqual(REFUSED);
    }
    expect((await sendSigned(emulator, ALICE, creds, { ...LIST, timestamp: now() - 30 })).status).toBe(200);
  });

  test('the venue clock decides what is fresh', async () => {
    await emulator.control('clock', { offset_ms: 3_600_000 });
    expect(await sendSigned(emulator, ALICE, creds, LIST)).toEqual(REFUSED);
    expect((await sendSigned(emulator, ALICE, creds, { ...LIST, timestamp: now() + 3600 })).status).toBe(200);
  });

  test('the signature covers every byte of the body', async () => {
    const body = JSON.stringify({ orderID: '0x1' });
    const timestamp = String(now());
    const signature = hmacSignature({
      secret: creds.secret,
      timestamp,
      method: 'DELETE',
      path: '/order',
      body,
    });
    const response = await fetch(`${emulator.url}/order`, {
      method: 'DELETE',
      headers: {
        POLY_ADDRESS: ALICE.address,
        POLY_API_KEY: creds.key,
        POLY_PASSPHRASE: creds.passphrase,
        POLY_TIMESTAMP: timestamp,
        POLY_SIGNATURE: signature,
      },
      body: `${body} `,
    });
    expect(response.status).toBe(401);
  });
});

describe('L1', () => {
  test('creating a second key for the same nonce is refused, deriving gives the first', async () => {
    const client = new ClobClient({
      host: emulator.url,
      chain: Chain.POLYGON,
      signer: ALICE,
      throwOnError: true,
    });
    await expect(client.createApiKey()).rejects.toThrow('Could not create api key');
    expect(await client.deriveApiKey()).toEqual(creds);
    expect((await client.createApiKey(1)).key).not.toBe(creds.key);
  });

  test('a signature that is not of this wallet is refused', async () => {
    const timestamp = String(now());
    const client = new ClobClient({ host: emulator.url, chain: Chain.POLYGON, signer: BOB });
    expect(await client.createApiKey()).toHaveProperty('key');
    const signature = `0x${'11'.repeat(64)}1b`;
    const headers = {
      POLY_ADDRESS: ALICE.address,
      POLY_SIGNATURE: signature,
      POLY_TIMESTAMP: timestamp,
      POLY_NONCE: '0',
    };
    const response = await fetch(`${emulator.url}/auth/api-key`, { method: 'POST', headers });
    expect(response.status).toBe(401);
    expect(errorOf(await response.json())).toBe('Invalid L1 Request headers');
  });

  test('keys survive a restart, even ones the new process never saw', async () => {
    const second = await startForTest();
    try {
      expect((await sendSigned(second, ALICE, creds, LIST)).status).toBe(200);
      expect(await credentialsFor(second, ALICE)).toEqual(creds);
    } finally {
      await second.close();
    }
    const otherSeed = await startForTest({ seed: 2 });
    try {
      expect(await sendSigned(otherSeed, ALICE, creds, LIST)).toEqual(REFUSED);
    } finally {
      await otherSeed.close();
    }
  });
});

describe('signed orders', () => {
  test('changing any signed field is refused', async () => {
    const market = await marketOf(emulator, 'plain');
    const good = await signedOrderBody(emulator, ALICE, creds, {
      token: market.yes,
      price: 0.4,
      size: 10,
      side: 'BUY',
    });
    const zeros = `0x${'1'.repeat(64)}`;
    const changes = [
      { salt: 1 },
      { tokenId: market.no },
      { makerAmount: '4100000' },
      { takerAmount: '10500000' },
      { side: 'SELL' },
      { timestamp: '1' },
      { builder: zeros },
      { metadata: zeros },
      { signature: `0x${'11'.repeat(65)}` },
    ];
    for (const change of changes) {
      const body = { ...good, order: { ...good.order, ...change } };
      const reply = await sendSigned(emulator, ALICE, creds, { method: 'POST', path: '/order', body });
      expect([change, reply]).toEqual([change, { status: 400, body: { error: 'invalid signature' } }]);
    }
    const untouched = await sendSigned(emulator, ALICE, creds, {
      method: 'POST',
      path: '/order',
      body: good,
    });
    expect(untouched.status).toBe(200);
  });

  test("another trader's signed order cannot be posted with my key", async () => {
    const market = await marketOf(emulator, 'plain');
    const mine = await credentialsFor(emulator, BOB);
    const input = { token: market.yes, price: 0.4, size: 10, side: 'BUY' } as const;
    const stolen = await signedOrderBody(emulator, ALICE, creds, input);
    const send = (body: unknown): Promise<{ readonly body: unknown }> =>
      sendSigned(emulator, BOB, mine, { method: 'POST', path: '/order', body });
    expect(errorOf((await send(stolen)).body)).toBe('the order owner has to be the owner of the API KEY');
    expect(errorOf((await send({ ...stolen, owner: mine.key })).body)).toBe(
      'the order signer address has to be the address of the API KEY',
    );
  });

  test('builder headers are verified when present and attribute the order', async () => {
    const market = await marketOf(emulator, 'plain');
    const builder = { key: 'b-1', secret: Buffer.alloc(32, 1).toString('base64'), passphrase: 'pass' };
    await emulator.control('builder-key', builder);
    const input = { token: market.yes, price: 0.4, size: 10, side: 'BUY' } as const;
    const body = await signedOrderBody(emulator, ALICE, creds, input);
    const timestamp = String(now());
    const text = JSON.stringify(body);
    const signed = { secret: builder.secret, timestamp, method: 'POST', path: '/order', body: text };
    const headers = {
      POLY_BUILDER_API_KEY: builder.key,
      POLY_BUILDER_PASSPHRASE: builder.passphrase,
      POLY_BUILDER_TIMESTAMP: timestamp,
      POLY_BUILDER_SIGNATURE: hmacSignature(signed),
    };
    const forged = { ...headers, POLY_BUILDER_SIGNATURE: hmacSignature({ ...signed, body: '' }) };
    const request = { method: 'POST', path: '/order', body };
    expect(await sendSigned(emulator, ALICE, creds, { ...request, headers: forged })).toEqual(REFUSED);
    expect((await sendSigned(emulator, ALICE, creds, { ...request, headers })).status).toBe(200);
  });
});
