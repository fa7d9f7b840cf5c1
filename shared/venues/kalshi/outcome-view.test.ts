import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMicro, SCALE, type Micro } from '../../money/fixed.ts';
import { executionPrice } from '../money/execution-price.ts';
import {
  viewOfBookOrder,
  complement,
  fromBook,
  outcomeBook,
  positionOf,
  toBook,
  type OutcomeView,
} from './outcome-view.ts';

const price = fc.bigInt({ min: 1n, max: SCALE - 1n }).map(asMicro);
const outcome = fc.constantFrom('Yes' as const, 'No' as const);
const view = fc.record({ outcome, side: fc.constantFrom('BUY' as const, 'SELL' as const), price });
const levels = fc.uniqueArray(
  fc.record({ price, size: fc.bigInt({ min: 1n, max: 10n ** 9n }).map(asMicro) }),
  {
    selector: (level) => level.price,
    maxLength: 20,
  },
);

/** Cash of a fill and what it leaves in hand, counted in YES: a NO is a dollar less a YES. */
function effect({ outcome: of, side, price: at }: OutcomeView): {
  readonly cash: bigint;
  readonly yes: bigint;
} {
  const sign = side === 'BUY' ? 1n : -1n;
  return of === 'Yes' ? { cash: -sign * at, yes: sign } : { cash: -sign * at + sign * SCALE, yes: -sign };
}

test('an order goes to the YES book and comes back in its own view unchanged', () => {
  fc.assert(
    fc.property(view, (own) => {
      expect(fromBook(toBook(own), own.outcome)).toEqual(own);
    }),
  );
});

test('all views of one YES-book order have the same effect on cash and contracts', () => {
  fc.assert(
    fc.property(view, (own) => {
      const order = toBook(own);
      const wanted = effect(own);
      for (const other of [fromBook(order, 'Yes'), fromBook(order, 'No'), viewOfBookOrder(order)]) {
        expect(effect(other)).toEqual(wanted);
      }
      expect(viewOfBookOrder(order).side).toBe('BUY');
    }),
  );
});

test('the book of NO is the book of YES inverted, sorted best first on both sides', () => {
  fc.assert(
    fc.property(levels, levels, (yesBids, noBids) => {
      const yes = outcomeBook(yesBids, noBids, 'Yes');
      const no = outcomeBook(yesBids, noBids, 'No');
      const inverted = (side: readonly { readonly price: Micro; readonly size: Micro }[]) =>
        side.map((level) => ({ ...level, price: complement(level.price) }));
      expect(no.asks).toEqual(inverted(yes.bids));
      expect(no.bids).toEqual(inverted(yes.asks));
      for (const { bids, asks } of [yes, no]) {
        expect(bids.every((level, at) => at === 0 || level.price < (bids[at - 1]?.price ?? 0n))).toBe(true);
        expect(asks.every((level, at) => at === 0 || level.price > (asks[at - 1]?.price ?? 0n))).toBe(true);
      }
    }),
  );
});

test('buying NO costs a dollar a contract less what selling YES brings', () => {
  fc.assert(
    fc.property(levels, fc.bigInt({ min: 1n, max: 10n ** 10n }).map(asMicro), (yesBids, amount) => {
      const buy = executionPrice(outcomeBook(yesBids, [], 'No').asks, 'BUY', amount);
      const sell = executionPrice(outcomeBook(yesBids, [], 'Yes').bids, 'SELL', amount);
      expect(buy.filled).toBe(sell.filled);
      expect(buy.total + sell.total).toBe(buy.filled);
    }),
  );
});

test('contracts below zero are NO, and nothing else changes', () => {
  expect(positionOf(asMicro(-5n))).toEqual({ outcome: 'No', size: 5n });
  expect(positionOf(asMicro(5n))).toEqual({ outcome: 'Yes', size: 5n });
});
