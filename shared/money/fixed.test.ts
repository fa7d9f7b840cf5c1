import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asMicro,
  formatFixed,
  formatMicro,
  fromSql,
  MAX_UNITS,
  mulDiv,
  parseMicro,
  SCALE,
  toSql,
} from './fixed.ts';

const amount = fc.bigInt({ min: 0n, max: MAX_UNITS * SCALE }).map(asMicro);

describe('amounts are exact', () => {
  test('writing and reading an amount gives it back', () => {
    fc.assert(
      fc.property(amount, (value) => {
        expect(parseMicro(formatMicro(value))).toBe(value);
      }),
    );
  });

  test('storing an amount and reading it gives it back', () => {
    fc.assert(
      fc.property(amount, (value) => {
        expect(fromSql(toSql(value))).toBe(value);
      }),
    );
  });

  test('an amount that a column cannot hold exactly is refused, not rounded', () => {
    expect(() => toSql(asMicro(2n ** 53n))).toThrow(RangeError);
    expect(() => fromSql(0.5)).toThrow(RangeError);
    expect(() => fromSql('1')).toThrow(RangeError);
  });
});

describe('only plain decimals are amounts', () => {
  test.each([
    '',
    ' 1',
    '1 ',
    '-1',
    '+1',
    '1e3',
    'NaN',
    'Infinity',
    '0x10',
    '1.',
    '.5',
    '1,5',
    '1.0000001',
    '1000000001',
  ])('%j is refused', (text) => expect(parseMicro(text)).toBeUndefined());

  test('zeros beyond six decimals do not matter', () => {
    expect(parseMicro('0.530000000')).toBe(530_000n);
  });
});

describe('rounding', () => {
  test('floor ≤ exact ≤ ceil, and half-up is one of them', () => {
    const positive = fc.bigInt({ min: 1n, max: 10n ** 18n });
    fc.assert(
      fc.property(amount, amount, positive, (a, b, c) => {
        const [low, high, middle] = [
          mulDiv(a, b, c, 'floor'),
          mulDiv(a, b, c, 'ceil'),
          mulDiv(a, b, c, 'half-up'),
        ];
        expect(low * c <= a * b && a * b <= high * c).toBe(true);
        expect(high - low <= 1n).toBe(true);
        expect(middle === low || middle === high).toBe(true);
      }),
    );
  });

  test('fixed decimals round half away from zero, also below it', () => {
    expect(formatFixed(asMicro(1_005_000n), 2)).toBe('1.01');
    expect(formatFixed(asMicro(-1_005_000n), 2)).toBe('-1.01');
    expect(formatFixed(asMicro(-4_000n), 2)).toBe('0.00');
    expect(formatFixed(asMicro(410_000n), 4)).toBe('0.4100');
  });
});
