import { errorCatalogue, type Reason } from './catalogue.ts';
import type { Failure } from './failure.ts';
import { errorHeaders, type WireError } from './wire-error.ts';

/** Sentences that agents look for (contract: agents), whatever more there were to say. */
const sentences: Readonly<Partial<Record<Reason, string>>> = {
  INSUFFICIENT_BALANCE: 'Insufficient balance',
  TOKEN_NOT_FOUND: 'No orderbook exists for the requested token id',
  MARKET_NOT_FOUND: 'No orderbook exists for the requested token id',
};

/** Shape of a failure on the agents' surface (contract: errors and limits, "Bodies"). */
export function toAgentsError(failure: Failure): WireError {
  const entry = errorCatalogue[failure.reason];
  return {
    status: failure.status ?? entry.status,
    headers: errorHeaders(failure),
    body: { success: false, error: sentences[failure.reason] ?? failure.message ?? entry.sentence },
  };
}
