import { parseMicro, type Micro } from '../../shared/money/fixed.ts';
import type { PlaceOutcome, PreparedOrder, VenueOrder, VenueResult } from '../../shared/venues/port.ts';

export const micro = (text: string): Micro => {
  const value = parseMicro(text);
  if (value === undefined) throw new Error(`not an amount: ${text}`);
  return value;
};

/** Throws what the failure says. */
export function valueOf<T>(result: VenueResult<T>): T {
  if (result.ok) return result.value;
  throw new Error(`${result.reason} ${JSON.stringify(result)}`);
}

export function acceptedOrder(outcome: PlaceOutcome): VenueOrder {
  if (outcome.tag === 'accepted') return outcome.order;
  throw new Error(JSON.stringify(outcome));
}

/** As the journal remembers it. */
export const sentNow = ({ dedupe, terms }: PreparedOrder) => ({ dedupe, terms, sentAt: Date.now() });
