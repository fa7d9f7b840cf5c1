import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from './crc32.ts';
import { generateKey, isWellFormedKey } from './key-format.ts';

describe('a mistyped key is refused before any object is asked', () => {
  test('generated keys are well formed', () => {
    for (let count = 0; count < 200; count += 1) expect(isWellFormedKey(generateKey('test'))).toBe(true);
  });

  test('any single wrong character is noticed', () => {
    const key = generateKey('live');
    fc.assert(
      fc.property(
        fc.integer({ min: 9, max: key.length - 1 }),
        fc.constantFrom('0', 'A', 'z', 'Z', '9', 'm', 'Q'),
        (position, char) => {
          const typed = key.slice(0, position) + char + key.slice(position + 1);
          expect(isWellFormedKey(typed)).toBe(typed === key);
        },
      ),
    );
  });

  test('other shapes are no keys', () => {
    for (const text of [
      '',
      'pst_live_',
      `${generateKey('test')}x`,
      generateKey('test').replace('test', 'prod'),
    ]) {
      expect(isWellFormedKey(text)).toBe(false);
    }
  });

  test('the checksum is the CRC-32 that zlib computes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        expect(crc32(text)).toBe(zlibCrc32(text));
      }),
    );
  });
});
