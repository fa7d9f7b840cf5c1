/** First pause before the venue is asked again what became of a command; doubles with each look. */
const FIRST_MS = 1_000;
/** Longest pause: a venue that was away for hours is asked within this time of its return. */
const LONGEST_MS = 15 * 60_000;

/** Milliseconds until the next look, with jitter: accounts that lost the same venue must not knock in step. */
export function pauseAfter(tries: number, random: () => number = Math.random): number {
  const pause = Math.min(FIRST_MS * 2 ** Math.min(tries, 20), LONGEST_MS);
  return Math.round(pause * (0.75 + random() / 2));
}
