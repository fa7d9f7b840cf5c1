import { refuseOutcome } from './refuse-outcome.ts';
import type { Found, ListedOutcome } from '../port.ts';

/**
 * Which outcome of a market is meant, by its place: by its name in any case; YES of a binary market when none is named.
 * Where the two have other names (Up and Down), the first is YES and the second NO. VALIDATION_FAILED, and
 * MISSING_PARAMETER where one of many had to be named.
 */
export function findOutcome(
  outcomes: readonly ListedOutcome[],
  name: string | undefined,
): Found<{ readonly index: number; readonly outcome: ListedOutcome }> {
  const binary = outcomes.length === 2;
  const wanted = (name ?? (binary ? 'yes' : undefined))?.toLowerCase();
  const named = outcomes.findIndex((outcome) => outcome.name.toLowerCase() === wanted);
  const index = named === -1 && binary ? ['yes', 'no'].indexOf(wanted ?? '') : named;
  const outcome = outcomes[index];
  return outcome
    ? { ok: true, value: { index, outcome } }
    : refuseOutcome(
        name,
        outcomes.map((one) => one.name),
      );
}
