import { createL1Headers as createV1 } from '@polymarket/clob-client';
import { createL1Headers as createV2 } from '@polymarket/clob-client-v2';
import { Wallet, utils } from 'ethers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signingVectors, vector } from '../../../test/support/signing-vectors.ts';
import { l1Headers } from './l1-headers.ts';
import { Secret } from '../secret.ts';

const { privateKey, address } = signingVectors;
const wallet = new Wallet(privateKey);
const claim = { chainId: 80002, timestamp: 10_000_000, nonce: 23 };

const digestOf = (name: string): string => String(vector(name).input['digest']);
const signatureOf = (headers: Record<string, string>): string => headers['POLY_SIGNATURE'] ?? '';

describe('L1 headers', () => {
  test("the signature is the one of Polymarket's published vector", async () => {
    const name = 'L1 ClobAuth signature (Amoy 80002, ts 10000000, nonce 23)';
    expect(await l1Headers(Secret.of(privateKey), claim)).toEqual({
      POLY_ADDRESS: address,
      POLY_SIGNATURE: vector(name).expected,
      POLY_TIMESTAMP: '10000000',
      POLY_NONCE: '23',
    });
    expect(utils.recoverAddress(digestOf(name), vector(name).expected)).toBe(address);
  });

  test("on Polygon it signs the vectors' digest", async () => {
    const digest = digestOf('L1 ClobAuth signature (Polygon 137, ts 10000000, nonce 23)');
    const signature = signatureOf(await l1Headers(privateKey, { ...claim, chainId: 137 }));
    expect(utils.recoverAddress(digest, signature)).toBe(address);
  });

  test('for any time and nonce, headers are what both official clients send', async () => {
    const time = fc.integer({ min: 0, max: 9_999_999_999 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(137, 80002), time, fc.nat(), async (chainId, timestamp, nonce) => {
        const own = await l1Headers(privateKey, { chainId, timestamp, nonce });
        expect(own).toEqual(await createV1(wallet, chainId, nonce, timestamp));
        expect(own).toEqual(await createV2(wallet, chainId, nonce, timestamp));
        expect(await l1Headers(privateKey, { chainId, timestamp, nonce: BigInt(nonce) })).toEqual(own);
      }),
      { numRuns: 25 },
    );
  });

  test('a flipped bit of the signature never recovers to the wallet', async () => {
    const digest = digestOf('L1 ClobAuth signature (Amoy 80002, ts 10000000, nonce 23)');
    const bytes = utils.arrayify(signatureOf(await l1Headers(privateKey, claim)));
    fc.assert(
      fc.property(fc.nat(64 * 8 - 1), (bit) => {
        const flipped = bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
        expect(recovered(digest, utils.hexlify(flipped))).not.toBe(address);
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['chainId', { chainId: 0 }],
    ['chainId', { chainId: 1.5 }],
    ['timestamp', { timestamp: 1_700_000_000_000 }],
    ['timestamp', { timestamp: 0.5 }],
    ['timestamp', { timestamp: -1 }],
    ['nonce', { nonce: -1 }],
    ['nonce', { nonce: 0.5 }],
    ['nonce', { nonce: 2n ** 256n }],
  ])('a wrong %s is named: %o', async (part, change) => {
    await expect(l1Headers(privateKey, { ...claim, ...change })).rejects.toMatchObject({ part });
  });

  test('a wrong private key is named', async () => {
    await expect(l1Headers('0x12', claim)).rejects.toMatchObject({ part: 'privateKey' });
  });
});

function recovered(digest: string, signature: string): string | undefined {
  try {
    return utils.recoverAddress(digest, signature);
  } catch {
    return undefined;
  }
}
