import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBudget } from './memory-budget.ts';
import { ReplayWindow } from './replay-window.ts';

type Step =
  | { readonly do: 'push'; readonly size: number }
  | { readonly do: 'replace'; readonly size: number }
  | { readonly do: 'ack'; readonly back: number }
  | { readonly do: 'restart'; readonly ahead: number };

const size = fc.integer({ min: 0, max: 40 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('push' as const), size }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('replace' as const), size }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('ack' as const), back: fc.integer({ min: -2, max: 9 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('restart' as const), ahead: fc.integer({ min: -3, max: 5 }) }),
  },
);

/** A frame says its own number. */
const frame =
  (length: number) =>
  (seq: number): string =>
    `${seq}:`.padEnd(length, '.');

test('whatever happens: what it says it covers is all there, in order; bounds hold; every byte is accounted for', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 99 }), (steps, base) => {
      const limits = { items: 7, bytes: 120 };
      const budget = createBudget(Number.MAX_SAFE_INTEGER);
      const window = new ReplayWindow(limits, budget, base);
      let last = base;
      let acked = base;
      for (const one of steps) {
        if (one.do === 'push') {
          last += 1;
          window.push(frame(one.size));
        } else if (one.do === 'replace') {
          if (window.size > 0) window.replaceLast(frame(one.size));
        } else if (one.do === 'ack') {
          window.ack(last - one.back);
          acked = Math.max(acked, Math.min(last, last - one.back));
        } else {
          last = Math.max(last, last + one.ahead);
          window.restart(last);
          acked = last;
        }
        expect(window.last).toBe(last);
        expect(window.size <= limits.items).toBe(true);
        expect(window.bytes <= limits.bytes || window.size === 1).toBe(true);
        expect(budget.used).toBe(window.bytes);
        const covered = Array.from({ length: last + 3 }, (_, seq) => seq).filter((seq) => window.covers(seq));
        // Dense up to the newest: from the first position that is covered, every number after it is here.
        expect(covered).toEqual(
          Array.from({ length: window.size + 1 }, (_, index) => last - window.size + index),
        );
        for (const seq of covered.slice(0, -1))
          expect(window.get(seq + 1)?.startsWith(`${seq + 1}:`)).toBe(true);
        expect(window.get(last - window.size)).toBeUndefined();
        // Nothing goes before its time but for the bounds.
        expect(window.size <= last - acked).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
