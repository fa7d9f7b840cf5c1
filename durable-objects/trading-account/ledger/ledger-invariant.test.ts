import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMicro } from '../../../shared/money/fixed.ts';
import { assertBalanced, assertCovers } from './ledger-invariant.ts';
import type { Money } from './model.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 15n }).map(asMicro);
const money = fc.record({ cash: amount, reserved: amount, fees: amount, deposits: amount, realised: amount });
const sum = ({ cash, reserved, fees, deposits, realised }: Money): bigint =>
  cash + reserved + fees - deposits - realised;

/** How far a change is from balance by the words of its refusal; 0 for one that passes. */
function refusedBy(before: Money, after: Money, costChange: bigint): bigint {
  try {
    assertBalanced(before, after, costChange);
    return 0n;
  } catch (error) {
    return BigInt(/balance by (-?\d+)/.exec(String(error))?.[1] ?? 'no refusal of ours');
  }
}

test('a change passes exactly when it creates and loses nothing, to the micro-dollar', () => {
  fc.assert(
    fc.property(money, money, fc.bigInt({ min: -2n, max: 2n }), (before, after, off) => {
      expect(refusedBy(before, after, sum(before) - sum(after) + off)).toBe(off);
    }),
  );
});

test('an account opens with its deposit, and with nothing beside it', () => {
  const opened = { cash: asMicro(5n), reserved: asMicro(0n), fees: asMicro(0n), realised: asMicro(0n) };
  expect(() => assertBalanced(undefined, { ...opened, deposits: asMicro(5n) }, 0n)).not.toThrow();
  expect(() => assertBalanced(undefined, { ...opened, deposits: asMicro(4n) }, 0n)).toThrow('by 1');
});

test('sessions together never have more than their account', () => {
  expect(() => assertCovers('cash', 5n, 5n)).not.toThrow();
  expect(() => assertCovers('cash', 5n, 6n)).toThrow('1 micro more cash');
});
