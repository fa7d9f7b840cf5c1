import { BuilderSigner } from '@polymarket/builder-signing-sdk';
import { createL2Headers as createV1 } from '@polymarket/clob-client';
import { createL2Headers as createV2 } from '@polymarket/clob-client-v2';
import { Wallet } from 'ethers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signingVectors, vector } from '../../../test/support/signing-vectors.ts';
import { signL2 } from '../../keys/l2-triple.ts';
import { builderHeaders } from './builder-headers.ts';
import { l2Headers } from './l2-headers.ts';
import { Secret } from '../secret.ts';

const wallet = new Wallet(signingVectors.privateKey);
const secret = `${'A'.repeat(43)}=`;
const triple = { apiKey: '11111111-2222-8333-8444-555555555555', secret, passphrase: 'test-passphrase' };
const credential = { ...triple, address: wallet.address };
const builder = { key: triple.apiKey, secret, passphrase: triple.passphrase };
const request = { method: 'POST', path: '/order', body: '{"a":1}', timestamp: 1_758_744_060 };

/** 1 to 64 bytes in either alphabet, padded or not. */
const secrets = fc
  .record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }), url: fc.boolean(), padded: fc.boolean() })
  .map(({ bytes, url, padded }) => {
    const plain = Buffer.from(bytes).toString('base64');
    const text = url ? plain.replaceAll('+', '-').replaceAll('/', '_') : plain;
    return padded ? text : text.replace(/=+$/, '');
  });
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH'),
  path: fc.webPath().map((path) => `/${path.replace(/^\/+/, '')}`),
  // Any UTF-16, lone surrogates too: what is signed is what fetch would send.
  body: fc.option(fc.string({ unit: 'binary', maxLength: 400 }), { nil: undefined }),
  timestamp: fc.integer({ min: 0, max: 9_999_999_999 }),
});

describe('HMAC headers of Polymarket', () => {
  test("an L2 signature is the one of Polymarket's published vector", async () => {
    const { input, expected } = vector('L2 HMAC');
    // Its method is `test-sign`, which no request can have, so the primitive is asked.
    expect(await signL2(String(input['secret']), String(input['message']))).toBe(expected);
  });

  test('a builder signature is the one of the published vector', async () => {
    const { input, expected } = vector('POLY_BUILDER_SIGNATURE');
    const headers = await builderHeaders(
      { ...builder, secret: Secret.of(String(input['secret'])) },
      {
        method: String(input['method']),
        path: String(input['path']),
        body: String(input['body']),
        timestamp: Number(input['timestamp']),
      },
    );
    expect(headers['POLY_BUILDER_SIGNATURE']).toBe(expected);
  });

  test('for any secret and request, L2 headers are what both official clients send', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, requests, async (text, { method, path, body, timestamp }) => {
        const own = await l2Headers({ ...credential, secret: text }, { method, path, body, timestamp });
        const creds = { key: triple.apiKey, secret: text, passphrase: triple.passphrase };
        const args = { method, requestPath: path, ...(body === undefined ? {} : { body }) };
        expect(own).toEqual(await createV1(wallet, creds, args, timestamp));
        expect(own).toEqual(await createV2(wallet, creds, args, timestamp));
      }),
      { numRuns: 100 },
    );
  });

  test("for any secret and request, builder headers are the builder SDK's own", async () => {
    await fc.assert(
      fc.asyncProperty(secrets, requests, async (text, { method, path, body, timestamp }) => {
        const own = await builderHeaders({ ...builder, secret: text }, { method, path, body, timestamp });
        const sdk = new BuilderSigner({ ...builder, secret: text });
        expect(own).toEqual(sdk.createBuilderHeaderPayload(method, path, body, timestamp));
      }),
      { numRuns: 100 },
    );
  });

  test('any change of what is signed changes the signature', async () => {
    const changes = [
      {},
      { method: 'DELETE' },
      { path: '/orders' },
      { body: '{"a":2}' },
      { timestamp: request.timestamp + 1 },
    ];
    const all = await Promise.all(changes.map((change) => l2Headers(credential, { ...request, ...change })));
    expect(new Set(all.map((headers) => headers['POLY_SIGNATURE'])).size).toBe(changes.length);
  });

  test('the method is signed in capitals', async () => {
    expect(await l2Headers(credential, { ...request, method: 'post' })).toEqual(
      await l2Headers(credential, request),
    );
  });

  const wrongRequests: readonly (readonly [string, object])[] = [
    ['path', { path: '/orders?id=1' }],
    ['path', { path: '/orders#1' }],
    ['path', { path: 'orders' }],
    ['path', { path: '/or ders' }],
    ['path', { path: `/${'a'.repeat(2_048)}` }],
    ['method', { method: 'GET /' }],
    ['method', { method: '' }],
    ['timestamp', { timestamp: 1_758_744_060_000 }],
    ['timestamp', { timestamp: Number.NaN }],
    ['body', { body: 'a'.repeat(256 * 1024 + 1) }],
  ];
  test.each(wrongRequests)('a wrong %s is named (%#)', async (part, change) => {
    const wrong = { ...request, ...change };
    await expect(l2Headers(credential, wrong)).rejects.toMatchObject({ name: 'SigningFault', part });
    await expect(builderHeaders(builder, wrong)).rejects.toMatchObject({ name: 'SigningFault', part });
  });

  test.each(['', 'not base64!', 'AAAAA', 'AA=', 'A===', 'AA==A', 'A'.repeat(260), 'é'])(
    'a secret that is no base64 is refused and not quoted: %o',
    async (text) => {
      const refusal = l2Headers({ ...credential, secret: text }, request);
      await expect(refusal).rejects.toMatchObject({
        part: 'secret',
        message: 'secret is not base64 or base64url of at most 256 characters',
      });
    },
  );

  test('text that would break out of a header is refused and not quoted', async () => {
    const text = 'planted\r\nX-Other: 1';
    const faults = await Promise.all(
      [
        l2Headers({ ...credential, passphrase: Secret.of(text) }, request),
        l2Headers({ ...credential, apiKey: text }, request),
        l2Headers({ ...credential, address: text }, request),
        builderHeaders({ ...builder, passphrase: text }, request),
        builderHeaders({ ...builder, key: text }, request),
      ].map((refusal) => refusal.then(String, (error: unknown) => error)),
    );
    expect(faults).toMatchObject(
      ['passphrase', 'apiKey', 'address', 'passphrase', 'key'].map((part) => ({ part })),
    );
    expect(faults.map(String).join('\n')).not.toContain('planted');
  });
});
