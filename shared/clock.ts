/** How far the instrumented build's clock is from the machine's, and where it stands still. */
let aheadMs = 0;
let standsAt: number | undefined;

/**
 * Unix ms, by which the gateway and its objects decide: expiry, windows, cutoffs, skew. In production this is
 * `Date.now` itself. In the instrumented build a test may move it or hold it; all objects of one process share it.
 */
export const now: () => number = INSTRUMENTED ? () => standsAt ?? Date.now() + aheadMs : Date.now;

/** The machine's time of a moment of `now()`: alarms ring by the machine. In production the same. */
export function machineTime(at: number): number {
  return INSTRUMENTED ? at - (now() - Date.now()) : at;
}

/** What a test wants of the clock. `stand`: hold it where it is; `ms`: go on from where it is. */
export type ClockChange = { readonly kind: 'stand' } | { readonly kind: 'advance'; readonly ms: number };

/** Moves the instrumented build's clock. Returns what it shows now. */
export function moveClock(change: ClockChange): number {
  switch (change.kind) {
    case 'stand':
      standsAt = now();
      break;
    case 'advance':
      if (standsAt === undefined) aheadMs += change.ms;
      else standsAt += change.ms;
      break;
    default:
      change satisfies never;
  }
  return now();
}

/** Back to the machine's time. */
export function resetClock(): void {
  aheadMs = 0;
  standsAt = undefined;
}
