import { describe, expect, test } from 'vitest';
import { signingVectors, vector, vectorExchange, vectorOrderV1 } from '../../test/support/signing-vectors.ts';
import { depositWalletVectors } from '../../test/support/deposit-wallet-vectors.ts';
import { kalshiHeaders } from './rsa/kalshi-headers.ts';
import { builderHeaders } from './polymarket/builder-headers.ts';
import { exchangeContract } from './polymarket/exchange-contracts.ts';
import { l1Headers } from './polymarket/l1-headers.ts';
import { signOrder } from './polymarket/sign-order.ts';
import { signWalletBatch } from './polymarket/wallet-batch.ts';
import { Secret } from './secret.ts';
import { addressOf, createPrivateKey } from './wallet.ts';

const { privateKey, address } = signingVectors;

// The other tests of this folder run in Node; these show that the same code signs inside workerd.
describe('signing in workerd', () => {
  test('an order signs as in the published vector', async () => {
    const { input, expected } = vector('V1 order CTF Exchange Amoy hash');
    expect(await signOrder(Secret.of(privateKey), vectorOrderV1(input), vectorExchange(input))).toEqual({
      orderHash: expected,
      signature: vector('V1 order CTF Exchange Amoy signature').expected,
    });
  });

  test('an order and a batch of a deposit wallet sign as in the published vectors', async () => {
    const { order, orderSignatures, batch, batchSignature, privateKey: owner } = depositWalletVectors;
    const exchange = { chainId: 137, verifyingContract: exchangeContract(137, 2, false) };
    const { signature } = await signOrder(owner, order, exchange);
    expect(signature).toHaveLength(2 + 2 * 317);
    expect(signature.startsWith(orderSignatures[1]?.inner ?? 'none')).toBe(true);
    expect(await signWalletBatch(owner, batch, 137)).toBe(batchSignature);
  });

  test('L1 headers sign as in the published vector', async () => {
    const headers = await l1Headers(privateKey, { chainId: 80002, timestamp: 10_000_000, nonce: 23n });
    const { expected } = vector('L1 ClobAuth signature (Amoy 80002, ts 10000000, nonce 23)');
    expect(headers).toMatchObject({ POLY_ADDRESS: address, POLY_SIGNATURE: expected });
  });

  test('builder headers sign as in the published vector', async () => {
    const { input, expected } = vector('POLY_BUILDER_SIGNATURE');
    const headers = await builderHeaders(
      { key: 'test-key', secret: String(input['secret']), passphrase: 'test-passphrase' },
      {
        method: String(input['method']),
        path: String(input['path']),
        body: String(input['body']),
        timestamp: Number(input['timestamp']),
      },
    );
    expect(headers['POLY_BUILDER_SIGNATURE']).toBe(expected);
  });

  test('wallets are made from the runtime’s random source', () => {
    const key = createPrivateKey();
    expect(addressOf(key)).toMatch(/^0x[0-9a-fA-F]{40}$/);
    expect(createPrivateKey()).not.toBe(key);
  });

  test('Kalshi keys sign in PKCS#8 and PKCS#1', async () => {
    const algorithm = { name: 'RSA-PSS', hash: 'SHA-256' };
    const pair = await crypto.subtle.generateKey(
      { ...algorithm, modulusLength: 2_048, publicExponent: Uint8Array.of(1, 0, 1) },
      true,
      ['sign', 'verify'],
    );
    if (!('publicKey' in pair)) throw new Error('not a key pair');
    const exported = await crypto.subtle.exportKey('pkcs8', pair.privateKey);
    if (!(exported instanceof ArrayBuffer)) throw new Error('not DER');
    // PKCS#8 of an RSA key of 2,048 bits is its PKCS#1 behind 26 bytes that never change.
    const forms = { 'PRIVATE KEY': exported, 'RSA PRIVATE KEY': exported.slice(26) };
    for (const [label, der] of Object.entries(forms)) {
      const base64 = btoa(String.fromCharCode(...new Uint8Array(der)));
      const privateKeyPem = `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----`;
      const request = { method: 'GET', path: '/trade-api/v2/markets', timestampMs: 1_750_000_000_000 };
      const headers = await kalshiHeaders({ apiKeyId: 'test-key', privateKeyPem }, request);
      const signature = atob(headers['KALSHI-ACCESS-SIGNATURE'] ?? '');
      const verified = await crypto.subtle.verify(
        { ...algorithm, saltLength: 32 },
        pair.publicKey,
        Uint8Array.from(signature, (char) => char.charCodeAt(0)),
        new TextEncoder().encode('1750000000000GET/trade-api/v2/markets'),
      );
      expect(verified).toBe(true);
    }
  });

  test('a Secret prints as little as in Node', () => {
    const secret = Secret.of('planted-test-secret');
    expect(String(secret)).toBe('[redacted]');
    expect(JSON.stringify({ secret })).toBe('{"secret":"[redacted]"}');
    expect(Reflect.ownKeys(secret)).toEqual([]);
  });
});
