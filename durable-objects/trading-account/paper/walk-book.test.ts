import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asMicro, compare, SCALE } from '../../../shared/money/fixed.ts';
import type { Book, Level } from '../../../shared/venues/port.ts';
import { walkBook } from './walk-book.ts';

const level = fc.record({
  price: fc.bigInt({ min: 1n, max: 99n }).map((cents) => asMicro(cents * 10_000n)),
  size: fc.bigInt({ min: 1n, max: 500n * SCALE }).map(asMicro),
});
const asks = fc
  .uniqueArray(level, { selector: ({ price }) => price, maxLength: 12 })
  .map((levels) => levels.toSorted((a, b) => compare(a.price, b.price)));
const bookOf = (side: readonly Level[]): Book => ({ tokenId: '1', bids: side.toReversed(), asks: side });

describe('walking the book', () => {
  test('takes min(size, what lies within the limit), never beyond the limit, best first', () => {
    const size = fc.bigInt({ min: 1n, max: 2_000n * SCALE }).map(asMicro);
    const limit = fc.bigInt({ min: 1n, max: 99n }).map((cents) => asMicro(cents * 10_000n));
    fc.assert(
      fc.property(asks, size, limit, fc.constantFrom('BUY', 'SELL'), (levels, wanted, worst, side) => {
        const walk = walkBook(bookOf(levels), side, wanted, worst);
        const good = levels.filter(({ price }) => (side === 'BUY' ? price <= worst : price >= worst));
        const available = good.reduce((sum, entry) => sum + entry.size, 0n);
        expect(walk.shares).toBe(available < wanted ? available : wanted);
        expect(walk.fills.every(({ price }) => (side === 'BUY' ? price <= worst : price >= worst))).toBe(
          true,
        );
        const prices = walk.fills.map(({ price }) => price);
        expect(prices).toEqual(prices.toSorted((a, b) => (side === 'BUY' ? compare(a, b) : compare(b, a))));
      }),
    );
  });

  test('a buyer never pays less and a seller never gets more than exact, by under a millionth a level', () => {
    const size = fc.bigInt({ min: 1n, max: 2_000n * SCALE }).map(asMicro);
    fc.assert(
      fc.property(asks, size, fc.constantFrom('BUY', 'SELL'), (levels, wanted, side) => {
        const walk = walkBook(bookOf(levels), side, wanted, asMicro(side === 'BUY' ? SCALE : 0n));
        const exact = walk.fills.reduce((sum, { price, shares }) => sum + price * shares, 0n);
        const difference = walk.notional * SCALE - exact;
        const room = BigInt(walk.fills.length) * SCALE;
        const [over, under] = side === 'BUY' ? [difference, -difference] : [-difference, difference];
        expect(under <= 0n && (over === 0n || over < room)).toBe(true);
      }),
    );
  });
});
