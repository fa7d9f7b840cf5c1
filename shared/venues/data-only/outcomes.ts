import { invalidMember } from '../../errors/failure.ts';
import type { Found, ListedOutcome } from '../port.ts';

/**
 * Which outcome of a market is meant, by its place: by its name in any case; YES when none is named. On a binary market
 * whose outcomes have other names (Up and Down), the first is YES and the second NO.
 */
export function outcomeAt(
  outcomes: readonly ListedOutcome[],
  name: string | undefined,
): Found<{ readonly index: number; readonly outcome: ListedOutcome }> {
  const wanted = (name ?? 'yes').toLowerCase();
  const named = outcomes.findIndex((outcome) => outcome.name.toLowerCase() === wanted);
  const index = named === -1 && outcomes.length === 2 ? ['yes', 'no'].indexOf(wanted) : named;
  const outcome = outcomes[index];
  return outcome
    ? { ok: true, value: { index, outcome } }
    : invalidMember('outcome', 'is no outcome of this market');
}
