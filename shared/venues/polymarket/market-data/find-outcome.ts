import type { Outcome } from '../../port.ts';

/** The outcome of this name, in any case; Yes when none is named. */
export function outcomeNamed(outcomes: readonly Outcome[], name: string | undefined): Outcome | undefined {
  const wanted = (name ?? 'yes').toLowerCase();
  return outcomes.find(({ label }) => label.toLowerCase() === wanted);
}
