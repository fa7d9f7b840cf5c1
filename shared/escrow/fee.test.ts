import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asMicro, ZERO, type Micro } from '../money/fixed.ts';
import { escrowFee, feeBounds } from './fee.ts';

const usd = (text: string): Micro => asMicro(BigInt(Math.round(Number(text) * 1e6)));
const price = fc.bigInt(1n, 999_999n).map(asMicro);
const size = fc.bigInt(1n, 10n ** 12n).map(asMicro);

describe('the fee of an order', () => {
  test.each([
    // 100 shares at 0.50 are 50 USD: 25 basis points are 0.125 USD.
    ['0.5', '100', 25, 125_000n],
    // A fraction of a base unit is rounded up.
    ['0.333333', '1', 1, 34n],
    ['0.000001', '0.000001', 1, 1n],
    ['0.5', '100', 0, 0n],
    ['0.5', '100', 10_000, 50_000_000n],
  ])('%s x %s at %i bps is %i base units', (at, shares, bps, expected) => {
    expect(escrowFee(usd(at), usd(shares), bps)).toBe(expected);
  });

  test('is the least whole number of base units that covers the exact fraction', () => {
    fc.assert(
      fc.property(price, size, fc.integer({ min: 0, max: 10_000 }), (p, s, bps) => {
        const exact = p * s * BigInt(bps);
        const scaled = escrowFee(p, s, bps) * 10n ** 10n;
        expect(scaled >= exact && scaled - exact < 10n ** 10n).toBe(true);
      }),
    );
  });

  test.each([-1, 0.5, 10_001, Number.NaN])('%d basis points are refused', (bps) => {
    expect(() => escrowFee(usd('0.5'), usd('1'), bps)).toThrow(RangeError);
  });

  test('a minimum above the share is the only amount', () => {
    const terms = { feeBps: 25, minFee: usd('0.2'), minFeeBps: 10 };
    expect(feeBounds(usd('0.5'), usd('100'), terms)).toEqual({ min: 200_000n, max: 200_000n });
    expect(feeBounds(usd('0.5'), usd('1000'), terms)).toEqual({ min: 500_000n, max: 1_250_000n });
    expect(feeBounds(usd('0.5'), usd('100'), { ...terms, minFee: ZERO, minFeeBps: 0 }).min).toBe(0n);
  });
});
