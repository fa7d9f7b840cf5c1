import { failure } from '../../../shared/errors/failure.ts';
import type { PlaceOutcome, VenueOrder } from '../../../shared/venues/port.ts';
import type { VenueClient } from '../../../shared/venues/trading/venue-client.ts';
import type { SentCommand, LiveSettlement } from './model.ts';
import { refusalOf } from '../../../shared/venues/trading/refusals.ts';

export function placeSettlement(outcome: PlaceOutcome): LiveSettlement {
  if (outcome.tag === 'accepted') return { state: 'done', order: outcome.order };
  return outcome.tag === 'unknown'
    ? { state: 'unknown' }
    : { state: 'released', failure: refusalOf(outcome) };
}

const notCancellable: LiveSettlement = { state: 'released', failure: failure('ORDER_NOT_CANCELLABLE') };
const orderNotFound: LiveSettlement = { state: 'released', failure: failure('ORDER_NOT_FOUND') };

/** Whether nothing more can fill of it. */
export const isTerminal = ({ status }: VenueOrder): boolean =>
  status === 'filled' || status === 'cancelled' || status === 'rejected';

/** Sends a cancel and asks for the order, because only that tells what was filled. */
export async function sendCancel(
  client: VenueClient,
  prepared: Parameters<VenueClient['sendCancel']>[0],
): Promise<LiveSettlement> {
  const outcome = await client.sendCancel(prepared);
  if (outcome.tag === 'unknown') return { state: 'unknown' };
  if (outcome.tag === 'accepted') {
    const found = await client.order(prepared.orderId);
    // A venue's reads may lag behind its writes: it has said that the order is cancelled.
    return found.ok
      ? {
          state: 'done',
          order: isTerminal(found.value) ? found.value : { ...found.value, status: 'cancelled' },
        }
      : { state: 'unknown' };
  }
  if (outcome.tag === 'refused' && outcome.reason === 'ORDER_NOT_CANCELLABLE') {
    const found = await client.order(prepared.orderId);
    return !found.ok && found.reason === 'ORDER_NOT_FOUND' ? orderNotFound : notCancellable;
  }
  return { state: 'released', failure: refusalOf(outcome) };
}

/**
 * What became of a command that was sent, by the venue's own account. `late`: long enough after it that a request
 * still on its way would be refused, and the venue's reads have caught up; before that, absence says nothing.
 */
export async function reconcile(
  client: VenueClient,
  sent: Exclude<SentCommand, { readonly kind: 'ctf' }>,
  sentAt: number,
  late: boolean,
): Promise<LiveSettlement> {
  if (sent.kind === 'place') {
    const { dedupe, terms } = sent;
    const found = await client.reconcile({ dedupe, terms, sentAt });
    if (found.tag === 'found') return { state: 'done', order: found.order };
    return found.tag === 'absent' && late
      ? { state: 'released', failure: failure('VENUE_UNAVAILABLE', { retryAfter: 1 }) }
      : { state: 'unknown' };
  }
  const found = await client.order(sent.orderId);
  if (!found.ok) return found.reason === 'ORDER_NOT_FOUND' && late ? orderNotFound : { state: 'unknown' };
  if (found.value.status === 'cancelled') return { state: 'done', order: found.value };
  if (isTerminal(found.value)) return notCancellable;
  return late
    ? { state: 'released', failure: failure('VENUE_UNAVAILABLE', { retryAfter: 1 }) }
    : { state: 'unknown' };
}
