import { utils } from 'ethers';
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { describe, expect, test } from 'vitest';
import { hmacSignature } from '../auth/hmac.ts';
import { recoverClobAuth } from '../auth/l1.ts';
import type { SignedOrder } from '../orders/parse-order.ts';
import {
  domainSeparator,
  orderDigest,
  orderDomain,
  wrappedDigest,
  type OrderDomain,
} from '../orders/typed-data.ts';

const vectorSchema = z.object({
  address: z.string(),
  vectors: z.array(
    z.object({
      name: z.string(),
      input: z.record(z.string(), z.unknown()),
      expected: z.string().optional(),
    }),
  ),
});
const file = new URL('../vectors/polymarket-signing.json', import.meta.url);
const { address, vectors } = vectorSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

function vector(name: string): { readonly input: Record<string, unknown>; readonly expected: string } {
  const found = vectors.find((candidate) => candidate.name.startsWith(name));
  if (found === undefined) throw new Error(`no vector ${name}`);
  return { input: found.input, expected: found.expected ?? '' };
}

const domainSchema = z.object({
  chainId: z.number(),
  verifyingContract: z.string(),
  version: z.string().optional(),
});

function domainOf(input: Record<string, unknown>, version: string): OrderDomain {
  const { chainId, verifyingContract } = domainSchema.parse(input['domain'] ?? input);
  return { name: 'Polymarket CTF Exchange', version, chainId, verifyingContract };
}

const signed = {
  salt: z.string(),
  maker: z.string(),
  signer: z.string(),
  tokenId: z.string(),
  makerAmount: z.string(),
  takerAmount: z.string(),
  expiration: z.string(),
  signatureType: z.number(),
};
const v1Schema = z.object({ ...signed, taker: z.string(), nonce: z.string(), feeRateBps: z.string() });
const v2Schema = z.object({ ...signed, timestamp: z.string(), metadata: z.string(), builder: z.string() });

function v1Order(input: Record<string, unknown>): SignedOrder {
  return { ...v1Schema.parse(input), version: 1, sideText: 'BUY', signature: '0x' };
}

function v2Order(input: Record<string, unknown>): SignedOrder {
  return { ...v2Schema.parse(input), version: 2, sideText: 'BUY', signature: '0x' };
}

describe('published vectors', () => {
  test('the L2 HMAC', () => {
    const { input, expected } = vector('L2 HMAC');
    const message = String(input['message']);
    const request = { secret: String(input['secret']), timestamp: message, method: '', path: '', body: '' };
    expect(hmacSignature(request)).toBe(expected);
  });

  test('the builder signature', () => {
    const { input, expected } = vector('POLY_BUILDER_SIGNATURE');
    expect(
      hmacSignature({
        secret: String(input['secret']),
        timestamp: String(input['timestamp']),
        method: String(input['method']),
        path: String(input['path']),
        body: String(input['body']),
      }),
    ).toBe(expected);
  });

  test('the L1 ClobAuth signature recovers the wallet', () => {
    const { expected } = vector('L1 ClobAuth signature (Amoy');
    const auth = { address, timestamp: '10000000', nonce: 23, signature: expected };
    expect(recoverClobAuth(auth, 80002)).toBe(address);
    expect(recoverClobAuth({ ...auth, nonce: 24 }, 80002)).not.toBe(address);
  });

  test.each([
    'V1 order CTF Exchange Amoy hash',
    'V1 order NegRisk Exchange Amoy hash',
    'V1 order hash chain 137',
  ])('%s', (name) => {
    const { input, expected } = vector(name);
    expect(orderDigest(v1Order(input), domainOf(input, '1'))).toBe(expected);
  });

  test.each(['V1 order CTF Exchange Amoy', 'V1 order NegRisk Exchange Amoy'])('%s signature', (name) => {
    const { input } = vector(`${name} hash`);
    const digest = orderDigest(v1Order(input), domainOf(input, '1'));
    expect(utils.recoverAddress(digest, vector(`${name} signature`).expected)).toBe(address);
  });

  test('the V2 POLY_1271 wrapped signature recovers the controlling wallet', () => {
    const { input, expected } = vector('V2 order POLY_1271');
    const domain = domainOf(input, '2');
    const inner = expected.slice(0, 132);
    expect(utils.recoverAddress(wrappedDigest(v2Order(input), domain), inner)).toBe(address);
    expect(domainSeparator(domain).slice(2)).toBe(expected.slice(132, 196));
  });

  test.each([
    ['V2 EOA order exchangeV2 chain 137', false],
    ['V2 EOA order negRiskExchangeV2 chain 137', true],
  ])('%s domain separator', (name, negRisk) => {
    expect(domainSeparator(orderDomain(2, negRisk))).toBe(vector(name).input['domainSeparator']);
  });
});
