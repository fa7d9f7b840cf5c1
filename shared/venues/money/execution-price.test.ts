import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMicro, compare, SCALE, type Micro } from '../../money/fixed.ts';
import { executionPrice } from './execution-price.ts';
import type { FeeCurve, Level } from '../port.ts';

/** Cents and whole shares, so that a brute force can take them one share at a time. */
const level = fc.record({
  price: fc.integer({ min: 1, max: 99 }).map((cents) => asMicro(BigInt(cents) * 10_000n)),
  size: fc.integer({ min: 1, max: 8 }).map((shares) => asMicro(BigInt(shares) * SCALE)),
});
const asksOf = fc
  .uniqueArray(level, { selector: ({ price }) => price, maxLength: 12 })
  .map((levels): readonly Level[] => levels.sort((a, b) => compare(a.price, b.price)));
const amount = fc.integer({ min: 1, max: 100 });
const fee = fc.record({
  rate: fc.integer({ min: 0, max: 100_000 }).map((rate) => asMicro(BigInt(rate))),
  exponent: fc.constantFrom(1, 2),
  unit: fc.constantFrom(1n, 100n),
  basis: fc.constantFrom<FeeCurve['basis'][]>(undefined, 'cheaper-side'),
});

/** What a share at this many cents weighs on the curve. */
const weightOf = (cents: number, { basis, exponent }: FeeCurve): number => {
  const price = cents / 100;
  return basis === 'cheaper-side' ? Math.min(price, 1 - price) : (price * (1 - price)) ** exponent;
};

/** Every share on its own, the cheapest first. Exact in Number: cents and whole shares are small. */
function shareByShare(levels: readonly Level[], wanted: number, limit: Micro | undefined) {
  const cents = levels
    .flatMap(({ price, size }) => Array.from({ length: Number(size / SCALE) }, () => Number(price / 10_000n)))
    .filter((price) => limit === undefined || price <= Number(limit / 10_000n))
    .slice(0, wanted);
  const total = cents.reduce((sum, price) => sum + price, 0);
  return { cents, total, levels: new Set(cents).size };
}

test('the walk is what taking one share after the other costs', () => {
  fc.assert(
    fc.property(asksOf, amount, fc.option(level), (asks, wanted, stop) => {
      const limit = stop?.price;
      const brute = shareByShare(asks, wanted, limit);
      const walk = executionPrice(asks, 'BUY', asMicro(BigInt(wanted) * SCALE), { limit });
      expect(walk.filled).toBe(BigInt(brute.cents.length) * SCALE);
      expect(walk.total).toBe(BigInt(brute.total) * 10_000n);
      expect(walk.levels).toBe(brute.levels);
      const last = brute.cents.at(-1);
      const [best] = brute.cents;
      expect(walk.worst).toBe(last === undefined ? null : BigInt(last) * 10_000n);
      const average = last === undefined ? null : Math.round((brute.total * 10_000) / brute.cents.length);
      expect(walk.average === null ? null : Number(walk.average)).toBe(average);
      const slippage = average === null || best === undefined ? null : average - best * 10_000;
      expect(walk.slippage === null ? null : Number(walk.slippage)).toBe(slippage);
    }),
  );
});

test('a sale walks the bids down, and its slippage is as positive', () => {
  fc.assert(
    fc.property(asksOf, amount, (asks, wanted) => {
      // A book turned upside down: who sells into it gets a dollar less what the buyer above paid.
      const bids = asks.map(({ price, size }) => ({ price: asMicro(SCALE - price), size }));
      const size = asMicro(BigInt(wanted) * SCALE);
      const buy = executionPrice(asks, 'BUY', size);
      const sell = executionPrice(bids, 'SELL', size);
      expect(sell.filled).toBe(buy.filled);
      expect(sell.total).toBe(buy.filled - buy.total);
      expect(sell.slippage === null ? null : sell.slippage >= 0n).toBe(buy.slippage === null ? null : true);
    }),
  );
});

test('the fee is the curve summed over every share, never less, and short of one unit more', () => {
  fc.assert(
    fc.property(asksOf, amount, fee, (asks, wanted, curve) => {
      const walk = executionPrice(asks, 'BUY', asMicro(BigInt(wanted) * SCALE), { fee: curve });
      const { cents } = shareByShare(asks, wanted, undefined);
      const exact = cents.reduce((sum, price) => sum + Number(curve.rate) * weightOf(price, curve), 0);
      expect(Number(walk.fee)).toBeGreaterThanOrEqual(exact - 0.5);
      expect(Number(walk.fee)).toBeLessThan(exact + Number(curve.unit) + 0.5);
      expect(walk.net).toBe(walk.total + walk.fee);
      expect(walk.fee % curve.unit).toBe(0n);
    }),
  );
});

const finely = fc.record({
  price: fc.integer({ min: 1, max: 999_999 }).map((price) => asMicro(BigInt(price))),
  size: fc.integer({ min: 1, max: 50_000_000 }).map((size) => asMicro(BigInt(size))),
});

test('of any prices and sizes each level costs its exact product, rounded against whoever asks', () => {
  fc.assert(
    fc.property(
      fc.array(finely, { maxLength: 8 }),
      fc.integer({ min: 1, max: 200_000_000 }),
      (rows, wanted) => {
        const asks = rows.toSorted((a, b) => compare(a.price, b.price));
        const bids = asks.toReversed();
        const size = asMicro(BigInt(wanted));
        for (const [side, levels] of [
          ['BUY', asks],
          ['SELL', bids],
        ] as const) {
          let left = size as bigint;
          let total = 0n;
          for (const { price, size: there } of levels) {
            const shares = left < there ? left : there;
            const product = shares * price;
            total += side === 'BUY' ? (product + SCALE - 1n) / SCALE : product / SCALE;
            left -= shares;
          }
          const walk = executionPrice(levels, side, size);
          expect([walk.filled, walk.total]).toEqual([size - left, total]);
        }
      },
    ),
  );
});
