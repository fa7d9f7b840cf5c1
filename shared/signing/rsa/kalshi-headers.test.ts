import { constants, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import * as fc from 'fast-check';
import { KalshiAuth } from 'kalshi-typescript/dist/auth.js';
import { describe, expect, test } from 'vitest';
import { kalshiHeaders } from './kalshi-headers.ts';
import { Secret } from '../secret.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const other = generateKeyPairSync('rsa', { modulusLength: 3_072 });
const pemOf = (key: KeyObject, type: 'pkcs1' | 'pkcs8'): string =>
  key.export({ type, format: 'pem' }).toString();
const apiKeyId = '11111111-2222-4333-8444-555555555555';
const pkcs1 = { apiKeyId, privateKeyPem: pemOf(privateKey, 'pkcs1') };
const pkcs8 = { apiKeyId, privateKeyPem: Secret.of(pemOf(privateKey, 'pkcs8')) };
const request = {
  method: 'POST',
  path: '/trade-api/v2/portfolio/events/orders',
  timestampMs: 1_750_000_000_000,
};
const text = `${request.timestampMs}POST${request.path}`;

/** OpenSSL's verdict with exactly this salt. */
function verified(message: string, signature: Uint8Array, key = publicKey, saltLength = 32): boolean {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify('sha256', Buffer.from(message), { key, padding, saltLength }, signature);
}
const signatureOf = (headers: Record<string, string>): Buffer =>
  Buffer.from(headers['KALSHI-ACCESS-SIGNATURE'] ?? '', 'base64');

describe('Kalshi headers', () => {
  test.each([
    ['PKCS#1', pkcs1, publicKey],
    ['PKCS#8', pkcs8, publicKey],
    ['PKCS#1 of 3,072 bits', { apiKeyId, privateKeyPem: pemOf(other.privateKey, 'pkcs1') }, other.publicKey],
  ])('a key in %s signs what OpenSSL verifies with a salt of 32', async (_name, credential, key) => {
    const headers = await kalshiHeaders(credential, request);
    expect(headers).toMatchObject({
      'KALSHI-ACCESS-KEY': apiKeyId,
      'KALSHI-ACCESS-TIMESTAMP': '1750000000000',
    });
    expect(verified(text, signatureOf(headers), key)).toBe(true);
  });

  test('no other salt, key or text verifies', async () => {
    const signature = signatureOf(await kalshiHeaders(pkcs1, request));
    for (const salt of [0, 20, 31, 33, 64]) expect(verified(text, signature, publicKey, salt)).toBe(false);
    expect(verified(text, signature, other.publicKey)).toBe(false);
    expect(verified(`${text}?limit=1`, signature)).toBe(false);
    expect(verified(text.replace('POST', 'post'), signature)).toBe(false);
  });

  test("they have the shape of kalshi-typescript's own, and one verifier accepts both", async () => {
    const theirs = new KalshiAuth(apiKeyId, pkcs1.privateKeyPem).generateAuthHeaders('POST', request.path);
    const timestampMs = Number(theirs['KALSHI-ACCESS-TIMESTAMP']);
    const ours = await kalshiHeaders(pkcs1, { ...request, timestampMs });
    const names = Object.keys(theirs).sort();
    expect(Object.keys(ours).sort()).toEqual(names);
    for (const name of ['KALSHI-ACCESS-KEY', 'KALSHI-ACCESS-TIMESTAMP'])
      expect(ours[name]).toBe(theirs[name]);
    for (const headers of [ours, theirs]) {
      expect(headers['KALSHI-ACCESS-SIGNATURE']).toMatch(/^[A-Za-z0-9+/]{342}==$/);
      expect(verified(`${timestampMs}POST${request.path}`, signatureOf(headers))).toBe(true);
    }
  });

  test('any request verifies, and a flipped bit of its signature never does', async () => {
    const requests = fc.record({
      method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'get', 'delete'),
      path: fc.webPath().map((path) => `/trade-api/v2${path}`),
      timestampMs: fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }),
    });
    await fc.assert(
      fc.asyncProperty(requests, fc.nat(2_047), async (any, bit) => {
        const signature = signatureOf(await kalshiHeaders(pkcs1, any));
        const message = `${any.timestampMs}${any.method.toUpperCase()}${any.path}`;
        expect(verified(message, signature)).toBe(true);
        const flipped = signature.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(verified(message, flipped)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  const faults: readonly (readonly [string, object])[] = [
    ['path', { path: `${request.path}?limit=1` }],
    ['path', { path: 'portfolio/balance' }],
    ['method', { method: 'GET\n' }],
    ['timestampMs', { timestampMs: 1_750_000_000 }],
    ['timestampMs', { timestampMs: 1_750_000_000_000.5 }],
    ['apiKeyId', { apiKeyId: 'id\r\nX-Other: 1' }],
    ['apiKeyId', { apiKeyId: '' }],
    ['privateKeyPem', { privateKeyPem: 'no key' }],
  ];
  test.each(faults)('a wrong %s is named: %o', async (part, change) => {
    const refusal = kalshiHeaders({ ...pkcs1, ...change }, { ...request, ...change });
    await expect(refusal).rejects.toMatchObject({ name: 'SigningFault', part });
  });

  test('numbers that are no key end in a fault that quotes none of them', async () => {
    const der = privateKey.export({ type: 'pkcs1', format: 'der' });
    // Modulus kept, everything after it taken away: the right shape up to where the size is read.
    const head = Buffer.from(der.subarray(4, 4 + 3 + 4 + 257));
    const short = Buffer.concat([Buffer.of(0x30, 0x82, head.length >> 8, head.length & 0xff), head]);
    const base64 = short.toString('base64');
    const privateKeyPem = `-----BEGIN RSA PRIVATE KEY-----\n${base64}\n-----END RSA PRIVATE KEY-----`;
    const fault = await kalshiHeaders({ apiKeyId, privateKeyPem }, request).then(String, String);
    expect(fault).toBe('SigningFault: privateKeyPem is damaged: its numbers are not an RSA key');
  });
});
