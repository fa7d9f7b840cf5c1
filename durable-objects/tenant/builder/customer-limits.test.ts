import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { POOL_QPS } from '../../../shared/limits/customer-pool.ts';
import { CustomerLimits } from './customer-limits.ts';

const START = 1_800_000_000_000;
const customers = [
  { id: 'a', qpsLimit: 1 },
  { id: 'b', qpsLimit: 3 },
  { id: 'c', qpsLimit: 400 },
  { id: 'd', qpsLimit: 400 },
];

/** How many of these moments lie in the second that ends at `now`. */
const within = (moments: readonly number[], now: number): number =>
  moments.filter((moment) => moment > now - 1_000).length;

/** A burst of requests of one customer, or of none, after a pause. */
const bursts = fc.array(
  fc.record({
    pause: fc.nat({ max: 700 }),
    who: fc.constantFrom(...customers, undefined),
    size: fc.nat({ max: 300 }),
  }),
  { maxLength: 20 },
);

test('a request passes exactly when both its own limit and the pool have room, and counts only then', () => {
  fc.assert(
    fc.property(bursts, (plan) => {
      const limits = new CustomerLimits();
      const pool: number[] = [];
      const own = new Map<string | undefined, number[]>();
      let now = START;
      for (const { pause, who, size } of plan) {
        now += pause;
        for (let sent = 0; sent < size; sent += 1) {
          const mine = own.get(who?.id) ?? [];
          const poolRoom = within(pool, now) < POOL_QPS;
          const ownRoom = who === undefined || within(mine, now) < who.qpsLimit;
          const verdict = limits.take(who, now);
          expect(verdict.allowed).toBe(poolRoom && ownRoom);
          if (verdict.allowed) {
            pool.push(now);
            own.set(who?.id, [...mine, now]);
          }
          expect(verdict.report.pool.remaining).toBe(POOL_QPS - within(pool, now));
        }
      }
    }),
    { numRuns: 30 },
  );
});

test('the pool refuses a customer that has room of its own, and says which limit it was and for how long', () => {
  const limits = new CustomerLimits();
  for (let sent = 0; sent < POOL_QPS; sent += 1) {
    expect(limits.take({ id: `customer-${sent}`, qpsLimit: 1 }, START).allowed).toBe(true);
  }
  const fresh = { id: 'fresh', qpsLimit: 5 };
  const refused = limits.take(fresh, START + 400);
  expect(refused).toMatchObject({ allowed: false, limitQps: POOL_QPS, retryAfterMs: 600 });
  expect(refused.report).toEqual({
    user: { limit: 5, remaining: 5 },
    pool: { limit: POOL_QPS, remaining: 0 },
  });
  expect(limits.take(fresh, START + 1_000).report.user).toEqual({ limit: 5, remaining: 4 });
});

test('the waiting time of a refused customer is the longer of the two', () => {
  const limits = new CustomerLimits();
  const slow = { id: 'slow', qpsLimit: 1 };
  limits.take(slow, START + 900);
  const refused = limits.take(slow, START + 1_000);
  expect(refused).toMatchObject({ allowed: false, limitQps: 1, retryAfterMs: 900 });
});

test('a changed limit holds for what has passed already', () => {
  const limits = new CustomerLimits();
  for (let sent = 0; sent < 5; sent += 1) limits.take({ id: 'a', qpsLimit: 5 }, START);
  expect(limits.take({ id: 'a', qpsLimit: 5 }, START).allowed).toBe(false);
  expect(limits.take({ id: 'a', qpsLimit: 6 }, START).allowed).toBe(true);
  expect(limits.take({ id: 'a', qpsLimit: 2 }, START + 999).allowed).toBe(false);
});
