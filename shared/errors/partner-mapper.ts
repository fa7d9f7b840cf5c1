import { errorCatalogue } from './catalogue.ts';
import type { Failure } from './failure.ts';
import { errorHeaders, type WireError } from './wire-error.ts';

/**
 * `/v1/partner` shape of a failure (contract: errors and limits, "Bodies"): the code in `error`, the sentence in
 * `message`, and no other member.
 */
export function toPartnerError(failure: Failure): WireError {
  const entry = errorCatalogue[failure.reason];
  return {
    status: failure.status ?? entry.status,
    headers: errorHeaders(failure),
    body: { error: failure.reason, message: failure.message ?? entry.sentence },
  };
}
