import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test('waits 1, 2, 4, 8, 16 s, then 30 s for ever; chance only shortens it, by a quarter at most', () => {
  const failures = [1, 2, 3, 4, 5, 6, 7, 1000];
  const longest = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000];
  expect(failures.map((count) => backoffMs(count, () => 0))).toEqual(longest);
  expect(failures.map((count) => backoffMs(count, () => 1))).toEqual(longest.map((ms) => ms * 0.75));
  // Whoever dials for the first time has not failed yet.
  expect(backoffMs(0, () => 0)).toBe(1000);
});
