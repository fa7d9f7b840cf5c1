import { errorCatalogue } from './catalogue.ts';
import type { Failure } from './failure.ts';
import { errorHeaders, type WireError } from './wire-error.ts';

/** Where a 402 sends the caller (contract: errors and limits). */
const UPGRADE_URL = '/pricing';

/**
 * `/v1` shape of a failure (contract: errors and limits, "Bodies"): one `error` key with human text, the
 * code in `X-Polysim-Code`; all members with `X-Polysim-Verbose: true`; 402 always with its two extra keys.
 */
export function toV1Error(failure: Failure, requestId: string, verbose: boolean): WireError {
  const entry = errorCatalogue[failure.reason];
  const message = failure.message ?? entry.sentence;
  return {
    status: failure.status ?? entry.status,
    headers: errorHeaders(failure),
    body: bodyOf(failure, message, requestId, verbose),
  };
}

function bodyOf(failure: Failure, message: string, requestId: string, verbose: boolean): WireError['body'] {
  if (errorCatalogue[failure.reason].status === 402) {
    return { error: failure.reason, feature_key: failure.featureKey ?? 'unknown', upgrade_url: UPGRADE_URL };
  }
  const retry = failure.retryAfterMs === undefined ? {} : { retry_after_ms: failure.retryAfterMs };
  if (!verbose) return { error: message, ...retry };
  return {
    error: failure.reason,
    message,
    details: failure.details ?? null,
    request_id: requestId,
    ...retry,
  };
}
