import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProgram, type OwnProgram } from '../support/program.ts';
import { createTenant, operate } from '../support/tenants.ts';
import { ask, expectRefusal, member, type Answer } from './support/ask.ts';
import { createL2, deriveL2, l1Headers, l2Headers, nowSeconds, tripleOf, askL2 } from './support/sign-in.ts';

const vars = { CLIENT_IP_HEADER: 'x-test-address' };
let closed: OwnProgram;
let open: OwnProgram;
beforeAll(async () => {
  [closed, open] = await Promise.all([
    startProgram({ vars }),
    startProgram({ vars: { ...vars, SELF_SERVE_ISSUANCE: 'true' } }),
  ]);
});
afterAll(() => Promise.all([closed.stop(), open.stop()]));

/** A fresh wallet that belongs to a tenant of the closed program. */
async function ownedWallet(): Promise<Wallet> {
  const wallet = Wallet.createRandom();
  await createTenant(closed.file, { wallet_address: wallet.address, keys: 0 });
  return wallet;
}

describe('the wallet’s signature (L1)', () => {
  test('another wallet’s signature for this address is refused', async () => {
    const wallet = await ownedWallet();
    const headers = await l1Headers(Wallet.createRandom(), { address: wallet.address });
    expectRefusal(await ask(closed.file.url, 'POST', '/v1/auth/api-key', { headers }), 401, 'INVALID_KEY');
  });

  test('a signature for another chain is refused', async () => {
    const wallet = await ownedWallet();
    for (const chainId of [1, 80_002]) {
      expectRefusal(await createL2(closed.file.url, wallet, { chainId }), 401, 'INVALID_KEY');
    }
  });

  test('a timestamp more than 60 s off is refused, a recent one is not', async () => {
    const wallet = await ownedWallet();
    // The exact minute is in clock.test.ts, where time stands.
    for (const skew of [-65, 120, 86_400]) {
      const claim = { timestamp: nowSeconds() + skew };
      expectRefusal(await createL2(closed.file.url, wallet, claim), 401, 'INVALID_KEY');
    }
    expect((await createL2(closed.file.url, wallet, { timestamp: nowSeconds() - 20 })).status).toBe(200);
  });

  test.each([
    ['POLY_NONCE', '1'],
    ['POLY_NONCE', '-1'],
    ['POLY_NONCE', '1e3'],
    ['POLY_TIMESTAMP', 'NaN'],
    ['POLY_ADDRESS', `0x${'1'.repeat(40)}`],
    ['POLY_ADDRESS', 'me'],
    ['POLY_SIGNATURE', `0x${'0'.repeat(130)}`],
    ['POLY_SIGNATURE', '0x'],
    ['POLY_SIGNATURE', ''],
  ])('%s changed to %j after signing is refused', async (name, value) => {
    const headers = { ...(await l1Headers(await ownedWallet())), [name]: value };
    expectRefusal(await ask(closed.file.url, 'POST', '/v1/auth/api-key', { headers }), 401, 'INVALID_KEY');
  });

  test('a timestamp moved by one second after signing is refused', async () => {
    const signed = await l1Headers(await ownedWallet());
    const headers = { ...signed, POLY_TIMESTAMP: String(Number(signed.POLY_TIMESTAMP) + 1) };
    expectRefusal(await ask(closed.file.url, 'POST', '/v1/auth/api-key', { headers }), 401, 'INVALID_KEY');
  });

  test('nothing at all is refused', async () => {
    const answer = await ask(closed.file.url, 'GET', '/v1/auth/derive-api-key');
    expect(answer.status).toBe(401);
  });
});

describe('a wallet that nobody knows', () => {
  test('is CLOSED_BETA while issuance is closed, for create and derive', async () => {
    const wallet = Wallet.createRandom();
    expectRefusal(await createL2(closed.file.url, wallet), 403, 'CLOSED_BETA');
    expectRefusal(await deriveL2(closed.file.url, wallet), 403, 'CLOSED_BETA');
  });

  test('becomes a free, read-only tenant while issuance is open', async () => {
    const wallet = Wallet.createRandom();
    const triple = tripleOf(await createL2(open.file.url, wallet));
    const answer = await askL2(open.file.url, triple, wallet.address, {
      method: 'GET',
      path: '/auth/ban-status/closed-only',
    });
    expect([answer.status, answer.json]).toEqual([200, { closed_only: true }]);
    expect(answer.headers.get('x-ratelimit-tier')).toBe('free');
  });

  test('becomes one tenant, however many requests come at once', async () => {
    const wallet = Wallet.createRandom();
    const answers = await Promise.all(
      [0, 1, 2, 3].map((nonce) => createL2(open.file.url, wallet, { nonce })),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    const last = answers[3];
    if (!last) throw new Error('no answer');
    const claim = { method: 'GET', path: '/auth/api-keys' };
    const list = await askL2(open.file.url, tripleOf(last), wallet.address, claim);
    expect(member(list, 'apiKeys')).toHaveLength(4);
  });
});

describe('the triple', () => {
  test('is created once: the second create is 400, derive gives the same', async () => {
    const wallet = await ownedWallet();
    const first = tripleOf(await createL2(closed.file.url, wallet));
    const second = await createL2(closed.file.url, wallet);
    expect(second.status).toBe(400);
    expect(Object.keys(second.json ?? {})).toEqual(['error']);
    expect(tripleOf(await deriveL2(closed.file.url, wallet))).toEqual(first);
  });

  test('created from several places at once, it is created once', async () => {
    const wallet = await ownedWallet();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => createL2(closed.file.url, wallet)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 400)).toHaveLength(4);
  });

  test('cannot be derived before it was created', async () => {
    expectRefusal(await deriveL2(closed.file.url, await ownedWallet()), 404, 'NOT_FOUND');
  });

  test('differs by wallet and by nonce in every part', async () => {
    const [one, two] = [await ownedWallet(), await ownedWallet()];
    const triples = [
      tripleOf(await createL2(closed.file.url, one)),
      tripleOf(await createL2(closed.file.url, one, { nonce: 1 })),
      tripleOf(await createL2(closed.file.url, two)),
    ];
    const parts = triples.flatMap(({ apiKey, secret, passphrase }) => [apiKey, secret, passphrase]);
    expect(new Set(parts).size).toBe(9);
  });

  test('is not handed out to a tenant that is flagged', async () => {
    const wallet = Wallet.createRandom();
    const { tenant } = await createTenant(closed.file, { wallet_address: wallet.address, keys: 0 });
    await createL2(closed.file.url, wallet);
    await operate(closed.file, 'PATCH', `/tenants/${tenant}`, { flagged: true });
    expectRefusal(await createL2(closed.file.url, wallet, { nonce: 7 }), 403, 'ACCESS_RESTRICTED');
    expectRefusal(await deriveL2(closed.file.url, wallet), 403, 'ACCESS_RESTRICTED');
  });

  test('an address written in other letters is the same wallet', async () => {
    const wallet = await ownedWallet();
    const first = tripleOf(await createL2(closed.file.url, wallet));
    const headers = l2Headers(first, wallet.address.toLowerCase(), { method: 'GET', path: '/data/orders' });
    expect((await ask(closed.file.url, 'GET', '/v1/data/orders', { headers })).status).toBe(200);
  });
});

describe('by L1 signature alone', () => {
  test('a wallet lists its keys and revokes the one of its nonce, and nobody else does', async () => {
    const wallet = await ownedWallet();
    const [first, second] = [
      tripleOf(await createL2(closed.file.url, wallet)),
      tripleOf(await createL2(closed.file.url, wallet, { nonce: 1 })),
    ];
    const signed = async (method: string, path: string, by: Wallet, nonce: number): Promise<Answer> =>
      ask(closed.file.url, method, path, { headers: await l1Headers(by, { nonce }) });
    const listed = async (): Promise<unknown> =>
      member(await signed('GET', '/v1/auth/api-keys', wallet, 0), 'apiKeys');
    expect(await listed()).toEqual([first.apiKey, second.apiKey]);
    expectRefusal(await signed('DELETE', '/v1/auth/api-key', Wallet.createRandom(), 1), 403, 'CLOSED_BETA');
    expect((await signed('DELETE', '/v1/auth/api-key', wallet, 1)).status).toBe(200);
    expect(await listed()).toEqual([first.apiKey]);
    expectRefusal(await signed('DELETE', '/v1/auth/api-key', wallet, 1), 404, 'NOT_FOUND');
    expectRefusal(await ask(closed.file.url, 'GET', '/v1/auth/api-keys'), 401, 'MISSING_API_KEY');
  });
});
