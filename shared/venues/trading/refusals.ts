import type { NotAccepted, VenueFailure, VenueResult } from '../port.ts';
import { failure } from '../../errors/failure.ts';
import type { CancelledMany } from '../polymarket/account/polymarket-client.ts';

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

/** What became of a cancel of several orders; PERSISTENCE_UNKNOWN where the venue did not say. */
export function cancelResult(result: VenueResult<CancelledMany | NotAccepted>): VenueResult<CancelledMany> {
  if (!result.ok) return result;
  const { value } = result;
  if (value.tag === 'accepted') return { ok: true, value };
  return value.tag === 'unknown' ? failure('PERSISTENCE_UNKNOWN') : refusalOf(value);
}
