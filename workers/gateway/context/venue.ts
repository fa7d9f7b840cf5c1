import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import { unsupported } from '../../../shared/venues/port/capabilities.ts';
import { isVenueName, tradedVenues, type TradedVenue } from '../../../shared/venues/venue-names.ts';
import { principalOf, requestedWallet, type AccountCall } from './caller.ts';
import { headerOf, venueHeader } from '../http/request-headers.ts';

/**
 * Where a request of `/v1` trades (contract: clob, "Which venue"): where its header says; a sandbox wallet on paper,
 * for that is what it is; else where its tenant has chosen. Throws for a venue that `/v1` does not trade on.
 */
export function requestedVenue(call: AccountCall, walletInBody?: number | string): TradedVenue {
  const named = headerOf(call, venueHeader);
  const inWallet = requestedWallet(call, walletInBody) !== undefined;
  if (named === undefined) return inWallet ? 'paper' : (principalOf(call.caller).defaultVenue ?? 'paper');
  const venue = tradedVenues.find((one) => one === named);
  if (venue === undefined) throw untraded(named);
  if (venue !== 'paper' && inWallet) {
    throw new RequestError(
      invalidMember('X-Postern-Wallet', `is a paper account: it has nothing on ${venue}`),
    );
  }
  return venue;
}

function untraded(named: string): RequestError {
  if (!isVenueName(named)) {
    return new RequestError(invalidMember('X-Postern-Venue', `must be ${tradedVenues.join(' or ')}`));
  }
  return new RequestError(unsupported('/v1', `venue ${named}: it has ${tradedVenues.join(' and ')}`));
}

/** The refusal of what is about the paper account alone. */
export const paperOnly = (): RequestError =>
  new RequestError('NOT_SUPPORTED', {
    message: 'This is about the paper account alone: send X-Postern-Venue: paper',
  });
