import { Wallet } from 'ethers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { createTenant } from '../support/tenants.ts';
import { ask, expectRefusal } from './support/ask.ts';
import {
  askL2,
  createL2,
  deriveL2,
  l2Headers,
  nowSeconds,
  tripleOf,
  type Triple,
} from './support/sign-in.ts';

let program: OwnProgram;
beforeAll(async () => {
  program = await startProgram({ vars: { CLIENT_IP_HEADER: 'x-test-address' } });
});
afterAll(() => program.stop());

let wallet: Wallet;
let triple: Triple;
beforeEach(async () => {
  wallet = Wallet.createRandom();
  await createTenant(program.file, { wallet_address: wallet.address, keys: 0 });
  triple = tripleOf(await createL2(program.file.url, wallet));
});

const READ = { method: 'GET', path: '/data/orders' } as const;
const CANCEL = { method: 'DELETE', path: '/order', body: '{"orderID":"1"}' } as const;
const read = (): ReturnType<typeof askL2> => askL2(program.file.url, triple, wallet.address, READ);

test('a signed request passes, with and without a body', async () => {
  expect((await read()).status).toBe(200);
  expect((await askL2(program.file.url, triple, wallet.address, CANCEL)).status).toBe(200);
});

test('the query is not signed: clients leave it out', async () => {
  const sent = { path: '/data/orders?market=0x1&next_cursor=MA==' };
  expect((await askL2(program.file.url, triple, wallet.address, READ, sent)).status).toBe(200);
});

test('another secret, passphrase, id or address is refused', async () => {
  const other = tripleOf(await createL2(program.file.url, wallet, { nonce: 1 }));
  const wrong: readonly Triple[] = [
    { ...triple, secret: other.secret },
    { ...triple, passphrase: other.passphrase },
    { ...triple, passphrase: '' },
    { ...triple, apiKey: other.apiKey },
    { ...triple, apiKey: crypto.randomUUID() },
  ];
  for (const candidate of wrong) {
    expectRefusal(await askL2(program.file.url, candidate, wallet.address, READ), 401, 'INVALID_KEY');
  }
  const stranger = Wallet.createRandom().address;
  expectRefusal(await askL2(program.file.url, triple, stranger, READ), 401, 'INVALID_KEY');
});

test('a body, path or method changed after signing is refused', async () => {
  const { url } = program.file;
  const tampered = [
    await askL2(url, triple, wallet.address, CANCEL, { body: '{"orderID":"2"}' }),
    await askL2(url, triple, wallet.address, CANCEL, { body: '{"orderID": "1"}' }),
    await askL2(url, triple, wallet.address, { ...CANCEL, path: '/orders' }, { path: '/order' }),
    await askL2(url, triple, wallet.address, READ, { path: '/data/trades' }),
    await askL2(url, triple, wallet.address, { ...READ, path: '/v1/data/orders' }, { path: '/data/orders' }),
    await ask(url, 'DELETE', '/v1/cancel-all', {
      headers: l2Headers(triple, wallet.address, { method: 'GET', path: '/cancel-all' }),
    }),
  ];
  for (const answer of tampered) expectRefusal(answer, 401, 'INVALID_KEY');
});

test('a timestamp more than 60 s off is refused, and one changed after signing', async () => {
  // The exact minute is in clock.test.ts, where time stands.
  for (const skew of [-63, 120, 3_600]) {
    const claim = { ...READ, timestamp: nowSeconds() + skew };
    expectRefusal(await askL2(program.file.url, triple, wallet.address, claim), 401, 'INVALID_KEY');
  }
  const headers = l2Headers(triple, wallet.address, READ);
  const moved = { ...headers, POLY_TIMESTAMP: String(Number(headers.POLY_TIMESTAMP) - 1) };
  expectRefusal(
    await ask(program.file.url, 'GET', '/v1/data/orders', { headers: moved }),
    401,
    'INVALID_KEY',
  );
  const near = { ...READ, timestamp: nowSeconds() - 20 };
  expect((await askL2(program.file.url, triple, wallet.address, near)).status).toBe(200);
});

test.each(['POLY_ADDRESS', 'POLY_SIGNATURE', 'POLY_TIMESTAMP', 'POLY_PASSPHRASE'])(
  'without %s it is refused',
  async (name) => {
    const { [name]: _, ...headers } = l2Headers(triple, wallet.address, READ);
    expectRefusal(await ask(program.file.url, 'GET', '/v1/data/orders', { headers }), 401, 'INVALID_KEY');
  },
);

test('a revoked L2 key is refused at once, and the next create gives another', async () => {
  const revoked = await askL2(program.file.url, triple, wallet.address, {
    method: 'DELETE',
    path: '/auth/api-key',
  });
  expect([revoked.status, revoked.json]).toEqual([200, 'OK']);
  expectRefusal(await read(), 401, 'INVALID_KEY');
  expectRefusal(await deriveL2(program.file.url, wallet), 404, 'NOT_FOUND');
  const next = tripleOf(await createL2(program.file.url, wallet));
  expect(next.apiKey).not.toBe(triple.apiKey);
  expect(next.secret).not.toBe(triple.secret);
  expect((await askL2(program.file.url, next, wallet.address, READ)).status).toBe(200);
  expectRefusal(await read(), 401, 'INVALID_KEY');
});
