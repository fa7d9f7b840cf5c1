import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SlidingWindow, type WindowRule } from './sliding-window.ts';

/** Random clocks: mostly small steps, at times a pause, at times a step back. */
const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 400 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 30_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -2_000, max: 0 }) },
  ),
  { minLength: 1, maxLength: 400 },
);
const rules = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 60 }))
  .map(([second, minute]): readonly WindowRule[] => [
    { cap: second, spanMs: 1_000 },
    { cap: minute, spanMs: 60_000 },
  ]);

/** The same limiter, written without care for speed: the whole history, searched each time. */
function reference(caps: readonly WindowRule[], history: readonly number[], now: number): boolean {
  return caps.every(({ cap, spanMs }) => history.filter((time) => time > now - spanMs).length < cap);
}

describe('the limiter is exact', () => {
  test('it passes a request exactly when a full history says that every window has room', () => {
    fc.assert(
      fc.property(rules, steps, (caps, moves) => {
        const window = new SlidingWindow(caps);
        const passed: number[] = [];
        let clock = 1_000_000;
        let latest = 0;
        for (const move of moves) {
          clock += move;
          latest = Math.max(latest, clock);
          const expected = reference(caps, passed, latest);
          const { allowed } = window.take(clock);
          expect(allowed).toBe(expected);
          if (allowed) passed.push(latest);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('whoever waits exactly retryAfterMs passes, and a millisecond less does not', () => {
    fc.assert(
      fc.property(
        rules,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 50 }),
        (caps, burst, gap) => {
          const window = new SlidingWindow(caps);
          let clock = 5_000;
          let last = window.take(clock);
          for (let sent = 0; sent < burst && last.allowed; sent += 1) last = window.take((clock += gap));
          if (last.allowed) return;
          expect(last.retryAfterMs).toBeGreaterThan(0);
          expect(window.take(clock + last.retryAfterMs - 1).allowed).toBe(false);
          expect(window.take(clock + last.retryAfterMs).allowed).toBe(true);
        },
      ),
    );
  });

  test('a refused request consumes nothing', () => {
    const window = new SlidingWindow([{ cap: 1, spanMs: 1_000 }]);
    window.take(0);
    for (let time = 1; time < 1_000; time += 1) expect(window.take(time).allowed).toBe(false);
    expect(window.take(1_000).allowed).toBe(true);
  });

  test('what remains is the cap less what passed in the window', () => {
    const window = new SlidingWindow([
      { cap: 2, spanMs: 1_000 },
      { cap: 5, spanMs: 60_000 },
    ]);
    expect(window.take(0).remaining).toEqual([1, 4]);
    expect(window.take(500).remaining).toEqual([0, 3]);
    expect(window.take(1_600).remaining).toEqual([1, 2]);
    expect(window.take(1_600).resetMs).toBe(58_400);
  });
});
