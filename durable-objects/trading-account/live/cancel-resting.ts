import type { VenueClient } from '../../../shared/venues/trading/venue-client.ts';
import { mapConcurrently } from '../../../shared/concurrency/map-concurrently.ts';

/** Cancels that go out at once: as many connections as one invocation may have open. */
const MAX_CONCURRENT = 5;

/**
 * Cancels every order that rests at a venue for the wallet or member of a session. Returns whether none is left: false
 * where the venue did not say, and then it may be said again.
 */
export async function cancelResting(client: VenueClient): Promise<boolean> {
  const found = await client.orders({ status: 'open', limit: Number.POSITIVE_INFINITY });
  // Without a credential, or with one that the venue does not believe, nothing rests that anybody could cancel.
  if (!found.ok) return found.reason === 'SIGNER_REFUSED' || found.reason === 'VENUE_AUTHENTICATION';
  const ended = await mapConcurrently(found.value, MAX_CONCURRENT, async ({ id }) => {
    const prepared = await client.prepareCancel(id);
    if (!prepared.ok) return false;
    const outcome = await client.sendCancel(prepared.value);
    return (
      outcome.tag === 'accepted' || (outcome.tag === 'refused' && outcome.reason === 'ORDER_NOT_CANCELLABLE')
    );
  });
  return ended.every(Boolean);
}
