import type { SendOutcome } from '../../../shared/chain/port.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';

/** A node's or a contract's sentence is not ours: it is cut off where a reader has seen enough. */
const MAX_WHY = 200;

/** Why a transaction was not sent, in the words of the catalogue. Nothing happened. */
export function refusalOf({
  reason,
  why,
}: Extract<SendOutcome, { readonly reason: 'REFUSED' | 'NOT_SENT' }>): Failure {
  if (reason === 'NOT_SENT') {
    return failure('VENUE_UNAVAILABLE', { message: 'The chain is unavailable', retryAfter: 1 });
  }
  const message = `The chain refuses it: ${why.slice(0, MAX_WHY)}`;
  if (/exceeds balance|insufficient funds/i.test(why)) return failure('INSUFFICIENT_BALANCE', { message });
  // How the tokens' contract says that the wallet has fewer than it is to give up.
  if (/subtraction overflow|burn amount/i.test(why)) return failure('INSUFFICIENT_POSITION', { message });
  if (why === 'the signer does not allow it') {
    return failure('VENUE_UNAVAILABLE', { message: 'The vault does not sign this now', retryAfter: 1 });
  }
  return failure('INVALID_ORDER_PAYLOAD', { message });
}
