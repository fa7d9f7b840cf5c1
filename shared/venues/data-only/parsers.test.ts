import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asMicro, formatMicro, SCALE, type Micro } from '../../money/fixed.ts';
import { baseUnits, sharePrice, venueDecimal } from '../money/venue-decimal.ts';
import { bookSchema as limitlessBook } from '../limitless/market-reads.ts';
import { bookSchema as opinionBook } from '../opinion/market-reads.ts';
import type { Level } from '../port.ts';
import { bookSchema as predictFunBook } from '../predictfun/market-reads.ts';
import { bestFirst, counterpart, mirrored, type Sides } from '../market-data/levels.ts';

const microBetween = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map(asMicro);
const level = fc.record({ price: microBetween(1n, SCALE - 1n), size: microBetween(1n, 10n ** 15n) });
const side = fc.uniqueArray(level, { maxLength: 30, selector: ({ price }) => price });
const book = fc.record({ bids: side, asks: side });

/** As text or as a JSON number, after a journey over the wire. */
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const written = (amount: Micro, asNumber: boolean): string | number =>
  asNumber ? Number(formatMicro(amount)) : formatMicro(amount);

/** What each venue makes of a book, and what the adapter reads of it. */
const wires = {
  limitless: (sides: Sides, asNumber: boolean) => {
    const view = ({ price, size }: Level) => ({
      price: written(price, asNumber),
      size: asNumber ? Number(size) : size.toString(),
    });
    return limitlessBook.parse(overTheWire({ bids: sides.bids.map(view), asks: sides.asks.map(view) }));
  },
  opinion: (sides: Sides, asNumber: boolean) => {
    const view = ({ price, size }: Level) => ({
      price: written(price, asNumber),
      size: written(size, asNumber),
    });
    const { bids, asks } = opinionBook.parse(
      overTheWire({ bids: sides.bids.map(view), asks: sides.asks.map(view) }),
    );
    return { bids: bids ?? [], asks: asks ?? [] };
  },
  predictfun: (sides: Sides, asNumber: boolean) => {
    const view = ({ price, size }: Level) => [written(price, asNumber), written(size, asNumber)];
    const data = { bids: sides.bids.map(view), asks: sides.asks.map(view) };
    return predictFunBook.parse(overTheWire({ data })).data;
  },
};

describe.each(Object.entries(wires))('books of %s', (_name, read) => {
  test('lose nothing on the way, as text or as numbers, and come best first', () => {
    fc.assert(
      fc.property(book, fc.boolean(), (sides, asNumber) => {
        const got = bestFirst(read(sides, asNumber));
        const by = (levels: readonly Level[], sign: 1 | -1) =>
          levels.toSorted((a, b) => sign * (a.price < b.price ? -1 : 1));
        expect(got).toEqual({ bids: by(sides.bids, -1), asks: by(sides.asks, 1) });
      }),
    );
  });

  test('with a price beyond one dollar or below nothing make no sense', () => {
    const bad = fc.oneof(microBetween(SCALE + 1n, SCALE * 100n), microBetween(-SCALE, -1n));
    fc.assert(
      fc.property(book, bad, fc.boolean(), (sides, price, asNumber) => {
        const spoilt = { ...sides, asks: [...sides.asks, { price, size: asMicro(1n) }] };
        expect(() => read(spoilt, asNumber)).toThrow('a price from 0 to 1');
      }),
      { numRuns: 30 },
    );
  });
});

test('a book mirrored twice is itself, and nothing crosses that did not', () => {
  fc.assert(
    fc.property(book, (sides) => {
      const ordered = bestFirst(sides);
      expect(mirrored(mirrored(ordered))).toEqual(ordered);
      const other = mirrored(ordered);
      expect(bestFirst(other)).toEqual(other);
      // An empty side is as far away as can be, seen from either outcome.
      const spread = ({ bids, asks }: Sides) => (asks[0]?.price ?? SCALE) - (bids[0]?.price ?? 0n);
      expect(spread(other)).toBe(spread(ordered));
    }),
  );
});

test('a trade seen twice from the other side is itself', () => {
  fc.assert(
    fc.property(fc.constantFrom('BUY', 'SELL'), level, (taker, { price }) => {
      const deal = { side: taker, price };
      expect(counterpart(counterpart(deal))).toEqual(deal);
    }),
  );
});

test('levels without a size are none', () => {
  const empty = { price: asMicro(1n), size: asMicro(0n) };
  expect(bestFirst({ bids: [empty], asks: [empty] })).toEqual({ bids: [], asks: [] });
});

describe('numbers', () => {
  const digits = (min: number, max: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'.split('')), minLength: min, maxLength: max });

  test('a decimal of any length is cut after the sixth place, never rounded', () => {
    fc.assert(
      fc.property(digits(1, 12), digits(0, 30), (whole, fraction) => {
        const expected = BigInt(whole) * SCALE + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
        expect(venueDecimal(`${whole}.${fraction}`)).toBe(expected);
      }),
    );
  });

  test('base units of any decimals are cut to millionths', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 24 }),
        fc.bigInt({ min: 0n, max: 10n ** 40n }),
        (decimals, units) => {
          const expected = (units * SCALE) / 10n ** BigInt(decimals);
          expect(baseUnits(decimals).parse(units.toString())).toBe(expected);
        },
      ),
    );
  });

  test.each([
    '',
    ' 1',
    '1e3',
    '0x10',
    '-1',
    '1.5.2',
    'NaN',
    '9'.repeat(79),
    1.5,
    -1,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    null,
    {},
  ])('%j is no number of base units', (value) => {
    expect(baseUnits(6).safeParse(value).success).toBe(false);
  });

  test.each([
    '',
    'NaN',
    '1e-3',
    ' 0.5',
    '0,5',
    '-0.1',
    '1.000001',
    1.000001,
    -0.000001,
    Number.NaN,
    null,
    [0.5],
  ])('%j is no price', (value) => {
    expect(sharePrice.safeParse(value).success).toBe(false);
  });
});
