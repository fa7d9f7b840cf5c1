import { createECDH } from 'node:crypto';
import { Wallet } from 'ethers';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signingVectors } from '../../test/support/signing-vectors.ts';
import { SigningFault } from './signing-fault.ts';
import { Secret } from './secret.ts';
import { addressOf, createPrivateKey, isPrivateKey } from './wallet.ts';

const { privateKey, address } = signingVectors;
const hex64 = (scalar: bigint): string => scalar.toString(16).padStart(64, '0');

/** OpenSSL's opinion, which shares no code with viem or ethers. */
function acceptedByOpenSsl(digits: string): boolean {
  try {
    createECDH('secp256k1').setPrivateKey(digits, 'hex');
    return true;
  } catch {
    return false;
  }
}

describe('wallets', () => {
  test("an address is ethers' own for any key, in any form", () => {
    const key = fc.bigInt({ min: 1n, max: 2n ** 255n }).map(hex64);
    fc.assert(
      fc.property(key, (digits) => {
        const expected = new Wallet(`0x${digits}`).address;
        expect(addressOf(`0x${digits}`)).toBe(expected);
        expect(addressOf(digits.toUpperCase())).toBe(expected);
        expect(addressOf(Secret.of(digits))).toBe(expected);
      }),
      { numRuns: 25 },
    );
    expect(addressOf(privateKey)).toBe(address);
  });

  test('a created key is valid, and no two are equal', () => {
    const keys = Array.from({ length: 50 }, createPrivateKey);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatch(/^0x[0-9a-f]{64}$/);
      expect(isPrivateKey(key)).toBe(true);
      expect(acceptedByOpenSsl(key.slice(2))).toBe(true);
    }
  });

  test('the range of keys ends where OpenSSL ends it', () => {
    // Searched, not written down: the first scalar that OpenSSL refuses is the order of the group.
    let [low, high] = [1n, 2n ** 256n - 1n];
    while (high - low > 1n) {
      const middle = (low + high) / 2n;
      if (acceptedByOpenSsl(hex64(middle))) low = middle;
      else high = middle;
    }
    expect(isPrivateKey(hex64(low))).toBe(true);
    expect(isPrivateKey(hex64(high))).toBe(false);
    expect(isPrivateKey(hex64(0n))).toBe(false);
    expect(isPrivateKey(hex64(1n))).toBe(true);
  });

  test.each([
    ['too short', '0x1234'],
    ['too long', `${privateKey}00`],
    ['not hex', `0x${'g'.repeat(64)}`],
    ['zero', `0x${'0'.repeat(64)}`],
    ['beyond the group', `0x${'f'.repeat(64)}`],
    ['with a space', ` ${privateKey}`],
    ['with a line end', `${privateKey}\n`],
    ['short and odd', 'planted'],
  ])('a key that is %s is refused without being quoted', (_name, key) => {
    expect(isPrivateKey(key)).toBe(false);
    let fault: unknown;
    try {
      addressOf(key);
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(SigningFault);
    expect(fault).toMatchObject({ part: 'privateKey', code: 'SIGNING_REFUSED' });
    expect(String(fault)).not.toContain(key);
  });

  test('what is no text, or an empty one, is no key', () => {
    for (const value of ['', undefined, null, 7, 7n, {}, [privateKey], Secret.of(privateKey)])
      expect(isPrivateKey(value)).toBe(false);
  });
});
