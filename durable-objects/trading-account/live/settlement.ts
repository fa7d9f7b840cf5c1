import { failure } from '../../../shared/errors/failure.ts';
import type { CancelledMany } from '../../../shared/venues/polymarket/account/polymarket-client.ts';
import type {
  NotAccepted,
  PlaceOutcome,
  VenueFailure,
  VenueOrder,
  VenueResult,
} from '../../../shared/venues/port.ts';
import type { VenueClient } from '../../../shared/venues/trading/venue-client.ts';
import type { SentCommand, LiveSettlement } from './model.ts';

/** What a venue's refusal is to the caller. Its own words go along, shortened by the adapter. */
export function refusalOf(outcome: Exclude<NotAccepted, { readonly tag: 'unknown' }>): VenueFailure {
  switch (outcome.tag) {
    case 'not-sent':
      return failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
    case 'rate-limited':
      // Not 429: that would be about the caller's own limit, which the reply's headers tell.
      return failure('VENUE_UNAVAILABLE', {
        message: 'The exchange takes no more requests for now',
        retryAfter: outcome.retryAfter,
      });
    case 'refused': {
      const { reason, text, retryAfter = 1 } = outcome;
      if (reason === 'VENUE_AUTHENTICATION') return { ok: false, reason, message: text };
      return failure(reason, { message: text, ...(reason === 'VENUE_UNAVAILABLE' && { retryAfter }) });
    }
    default:
      return outcome satisfies never;
  }
}

export function placeSettlement(outcome: PlaceOutcome): LiveSettlement {
  if (outcome.tag === 'accepted') return { state: 'done', order: outcome.order };
  return outcome.tag === 'unknown'
    ? { state: 'unknown' }
    : { state: 'released', failure: refusalOf(outcome) };
}

const notCancellable: LiveSettlement = { state: 'released', failure: failure('ORDER_NOT_CANCELLABLE') };
const orderNotFound: LiveSettlement = { state: 'released', failure: failure('ORDER_NOT_FOUND') };

/** What became of a cancel of several orders; PERSISTENCE_UNKNOWN where the venue did not say. */
export function cancelResult(result: VenueResult<CancelledMany | NotAccepted>): VenueResult<CancelledMany> {
  if (!result.ok) return result;
  const { value } = result;
  if (value.tag === 'accepted') return { ok: true, value };
  return value.tag === 'unknown' ? failure('PERSISTENCE_UNKNOWN') : refusalOf(value);
}

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
