import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMicro, formatMicro, type Micro } from '../../../money/fixed.ts';
import { budgetAmounts, limitAmounts, refuseNumbers, saleAmounts } from './amounts.ts';

interface RoundConfig {
  readonly price: number;
  readonly size: number;
  readonly amount: number;
}
type RawAmounts = (
  side: string,
  size: number,
  price: number,
  config: RoundConfig,
) => { readonly rawMakerAmt: number; readonly rawTakerAmt: number };

// The package exports its client only, and publishes no types of its helpers.
const load = createRequire(import.meta.url);
const helpers = '../../../../node_modules/@polymarket/clob-client-v2/dist/order-builder/helpers';
const { ROUNDING_CONFIG } = load(`${helpers}/roundingConfig.cjs`) as {
  readonly ROUNDING_CONFIG: Readonly<Record<string, RoundConfig>>;
};
const { getOrderRawAmounts } = load(`${helpers}/getOrderRawAmounts.cjs`) as {
  getOrderRawAmounts: RawAmounts;
};
const { getMarketOrderRawAmounts } = load(`${helpers}/getMarketOrderRawAmounts.cjs`) as {
  getMarketOrderRawAmounts: RawAmounts;
};

const ticks = Object.keys(ROUNDING_CONFIG);
const tickOf = (text: string): Micro => asMicro(BigInt(Math.round(Number(text) * 1e6)));
const micro = (raw: number): bigint => BigInt(Math.round(raw * 1e6));
const number = (value: Micro): number => Number(formatMicro(value));

/**
 * A tick, a price on it and a size of two decimals, at most 10,000 shares: at ten times as many the client's floats run
 * out of digits, and it is a millionth of a share off.
 */
const order = fc.constantFrom(...ticks).chain((tick) =>
  fc.record({
    tick: fc.constant(tick),
    price: fc
      .bigInt({ min: 1n, max: 1_000_000n / tickOf(tick) - 1n })
      .map((steps) => asMicro(steps * tickOf(tick))),
    size: fc.bigInt({ min: 1n, max: 1_000_000n }).map((hundredths) => asMicro(hundredths * 10_000n)),
  }),
);
const config = (tick: string): RoundConfig => ROUNDING_CONFIG[tick] ?? { price: 0, size: 0, amount: 0 };

test('the table has the ticks of the official client', () => {
  expect(ticks).toHaveLength(6);
  for (const tick of ticks) {
    const half = asMicro(500_000n);
    expect(refuseNumbers(half, asMicro(10_000n), tickOf(tick), asMicro(0n)), tick).toBeUndefined();
    const off = asMicro(500_000n + tickOf(tick) / 2n);
    expect(refuseNumbers(off, asMicro(10_000n), tickOf(tick), asMicro(0n)), tick).toBeDefined();
  }
});

test.each(['BUY', 'SELL'] as const)('a %s that rests has the amounts of the official client', (side) => {
  fc.assert(
    fc.property(order, ({ tick, price, size }) => {
      const official = getOrderRawAmounts(side, number(size), number(price), config(tick));
      expect(limitAmounts(side, price, size)).toEqual({
        makerAmount: micro(official.rawMakerAmt),
        takerAmount: micro(official.rawTakerAmt),
      });
    }),
    { numRuns: 1_000 },
  );
});

/** The official client's table, and the four decimals that the venue takes of orders that must not rest. */
const marketConfig = (tick: string): RoundConfig => ({
  ...config(tick),
  amount: Math.min(4, config(tick).amount),
});

test('an order that must not rest gives two decimals and wants four, on every tick', () => {
  fc.assert(
    fc.property(order, ({ tick, price, size }) => {
      const budget = asMicro(10_000n + size);
      for (const amounts of [
        saleAmounts(price, size, tickOf(tick)),
        budgetAmounts(price, budget, tickOf(tick)),
      ]) {
        expect((amounts?.makerAmount ?? 0n) % 10_000n).toBe(0n);
        expect((amounts?.takerAmount ?? 0n) % 100n).toBe(0n);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a SELL that must not rest has the amounts of the official client, and no tick below its limit', () => {
  fc.assert(
    fc.property(order, ({ tick, price, size }) => {
      const official = getMarketOrderRawAmounts('SELL', number(size), number(price), marketConfig(tick));
      const takerAmount = micro(official.rawTakerAmt);
      const sale = saleAmounts(price, size, tickOf(tick));
      expect(sale).toEqual(takerAmount === 0n ? undefined : { makerAmount: size, takerAmount });
      if (sale === undefined || size < 1_000_000n) return;
      expect(sale.takerAmount * 1_000_000n).toBeGreaterThan((price - tickOf(tick)) * size);
      expect(sale.takerAmount * 1_000_000n).toBeLessThanOrEqual(price * size);
    }),
    { numRuns: 1_000 },
  );
});

test('a BUY by budget has the amounts of the official client', () => {
  fc.assert(
    fc.property(order, ({ tick, price, size }) => {
      // A cent or more, for about that many shares.
      const cents = (size * price) / 10n ** 10n;
      const budget = asMicro((cents + 1n) * 10_000n);
      const official = getMarketOrderRawAmounts('BUY', number(budget), number(price), marketConfig(tick));
      expect(budgetAmounts(price, budget, tickOf(tick))).toEqual({
        makerAmount: micro(official.rawMakerAmt),
        takerAmount: micro(official.rawTakerAmt),
      });
    }),
    { numRuns: 1_000 },
  );
});

test('a budget never spends more than it is, and less than a cent has none', () => {
  fc.assert(
    fc.property(order, fc.bigInt({ min: 0n, max: 10n ** 12n }).map(asMicro), ({ tick, price }, budget) => {
      const amounts = budgetAmounts(price, budget, tickOf(tick));
      const unspent = budget - (amounts?.makerAmount ?? 0n);
      expect(unspent).toBeLessThan(10_000n);
      expect(amounts === undefined).toBe(unspent === budget);
    }),
  );
});
