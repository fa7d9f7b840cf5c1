/** docs.polymarket.us/streaming-endpoints/streaming-best-practices. */
const STEPS_MS = [1000, 2000, 4000, 8000, 16_000, 30_000] as const;
/** So that a fleet does not return in step: up to so much less. */
const JITTER = 0.25;

/** How long to wait before the attempt that follows `failures` failed ones, ms. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const step = STEPS_MS[Math.min(Math.max(failures, 1), STEPS_MS.length) - 1] ?? STEPS_MS[0];
  return Math.round(step * (1 - JITTER * random()));
}
