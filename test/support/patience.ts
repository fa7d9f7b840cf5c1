/**
 * How long tests wait for what must happen. These bounds only end a test that would hang for ever: a machine many times
 * slower than a developer's, busy with something else, stays far below them. What a test says of time it says by a clock
 * that it sets itself. `npm run check` refuses other bounds in tests (scripts/check/time-bounds.ts).
 */

/** One wait: for a frame, a reply, a row, a process. */
export const PATIENCE_MS = 300_000;

/** One test or one hook, with all its waits. */
export const TEST_MS = 1_200_000;

/** Options of `vi.waitFor` and `vi.waitUntil`; `expect.poll` has the same from vitest.config.ts. */
export const PATIENCE = { timeout: PATIENCE_MS, interval: 20 } as const;
