import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asMicro, compare, SCALE, type Micro } from '../../shared/money/fixed.ts';
import type { Book, Level } from '../../shared/venues/port.ts';
import { worstPrice } from './quote.ts';

const TICK = asMicro(10_000n);
const levels = fc.uniqueArray(
  fc.record<Level>({
    price: fc.bigInt({ min: 1n, max: 99n }).map((cents) => asMicro(cents * TICK)),
    size: fc.bigInt({ min: 1n, max: 500n * SCALE }).map(asMicro),
  }),
  { selector: ({ price }) => price, maxLength: 8 },
);
const size = fc.bigInt({ min: 1n, max: 600n * SCALE }).map(asMicro);

/** Bids and asks are the same levels here: each side is looked at alone. */
const bookOf = (list: readonly Level[]): Book => ({
  tokenId: '1',
  asks: list.toSorted((a, b) => compare(a.price, b.price)),
  bids: list.toSorted((a, b) => compare(b.price, a.price)),
});
const worth = (list: readonly Level[], side: 'BUY' | 'SELL'): bigint =>
  list.reduce((sum, level) => sum + (side === 'BUY' ? (level.size * level.price) / SCALE : level.size), 0n);

describe('the worst price of a market order', () => {
  test('is on the tick, inside the market, reaches all that the order needs, and little more', () => {
    fc.assert(
      fc.property(levels, size, fc.constantFrom('BUY', 'SELL'), (list, wanted, side) => {
        const book = bookOf(list);
        const worst = worstPrice(book, { tokenId: '1', side, size: wanted }, TICK);
        const whole = worth(list, side);
        expect(worst === undefined).toBe(whole < wanted);
        if (worst === undefined) return;
        expect(worst % TICK).toBe(0n);
        expect(worst >= TICK && worst <= SCALE - TICK).toBe(true);
        const ordered = side === 'BUY' ? book.asks : book.bids;
        const within = ordered.filter(({ price }) => (side === 'BUY' ? price <= worst : price >= worst));
        expect(worth(within, side)).toBeGreaterThanOrEqual(wanted);
        const last = neededLast(ordered, side, wanted);
        const distance = side === 'BUY' ? worst - last : last - worst;
        expect(distance).toBeLessThanOrEqual((last * 2n) / 100n + TICK);
        expect(distance).toBeGreaterThanOrEqual(0n);
      }),
    );
  });
});

function neededLast(ordered: readonly Level[], side: 'BUY' | 'SELL', wanted: Micro): Micro {
  const count = ordered.findIndex((_, index) => worth(ordered.slice(0, index + 1), side) >= wanted);
  const level = ordered[count];
  if (!level) throw new Error('the book does not hold it');
  return level.price;
}
