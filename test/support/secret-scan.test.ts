import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretScan } from './secret-scan.ts';

const secret = randomBytes(40);
const scan = new SecretScan([{ name: 'it', forms: [secret] }]);
const found = (bytes: Uint8Array): boolean => scan.find(bytes).has('it');

const disguises = {
  plain: (bytes: Buffer) => bytes,
  hex: (bytes: Buffer) => Buffer.from(bytes.toString('hex')),
  'upper-case hex': (bytes: Buffer) => Buffer.from(bytes.toString('hex').toUpperCase()),
  base64: (bytes: Buffer) => Buffer.from(bytes.toString('base64')),
  base64url: (bytes: Buffer) => Buffer.from(bytes.toString('base64url')),
} as const;

describe.each(Object.entries(disguises))('%s', (_, disguise) => {
  test('any piece of 12 bytes is found, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 28 }),
        fc.uint8Array({ maxLength: 30 }),
        fc.uint8Array({ maxLength: 30 }),
        (at, before, after) => {
          const piece = secret.subarray(at, at + 12);
          // Encoded together with what stands around it, so that every alignment occurs.
          expect(found(disguise(Buffer.concat([before, piece, after])))).toBe(true);
        },
      ),
    );
  });

  test('11 bytes are not', () => {
    for (let at = 0; at < 29; at += 1) expect(found(disguise(secret.subarray(at, at + 11)))).toBe(false);
  });
});

test('other bytes are not', () => {
  expect(found(randomBytes(1_000_000))).toBe(false);
});
