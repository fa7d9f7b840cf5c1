import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMicro, compare, type Micro } from '../../shared/money/fixed.ts';
import { BookView, type LevelChange, type Sides } from './book-view.ts';

const side = fc.uniqueArray(
  fc.record({ cents: fc.integer({ min: 1, max: 99 }), size: fc.integer({ min: 1, max: 4 }) }),
  {
    selector: ({ cents }) => cents,
    maxLength: 20,
  },
);
const book = fc.record({ bids: side, asks: side }).map(({ bids, asks }): Sides => {
  const levels = (rows: typeof bids, best: 1 | -1) =>
    rows
      .map(({ cents, size }) => ({ price: asMicro(BigInt(cents) * 10_000n), size: asMicro(BigInt(size)) }))
      .toSorted((a, b) => best * compare(a.price, b.price));
  return { bids: levels(bids, -1), asks: levels(asks, 1) };
});

function apply(levels: Map<Micro, Micro>, { price, size }: LevelChange): void {
  if (size > 0n) levels.set(price, size);
  else if (!levels.delete(price)) throw new Error('a level that the client does not have');
}

test('whoever applies the changes to the whole book has the best levels of the newest book, and no other', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.array(book, { minLength: 2, maxLength: 12 }),
      (depth, books) => {
        const view = new BookView(depth);
        const [first, ...rest] = books;
        view.restart(first ?? { bids: [], asks: [] });
        const levels = (of: Sides['bids']) => new Map(of.map(({ price, size }) => [price, size]));
        const client = { bid: levels(view.known?.bids ?? []), ask: levels(view.known?.asks ?? []) };
        for (const next of rest) {
          for (const change of view.advance(next)) apply(client[change.side], change);
          expect(client.bid).toEqual(levels(next.bids.slice(0, depth)));
          expect(client.ask).toEqual(levels(next.asks.slice(0, depth)));
        }
      },
    ),
  );
});
