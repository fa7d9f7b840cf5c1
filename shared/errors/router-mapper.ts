import { errorCatalogue, type Reason } from './catalogue.ts';
import type { Failure } from './failure.ts';
import { errorHeaders, type WireError } from './wire-error.ts';

/** Codes of the router surface with their statuses (contract: router, "Retries"): clients switch on these. */
const statuses = {
  bad_request: 400,
  missing_parameter: 400,
  validation_error: 400,
  order_not_cancellable: 400,
  unauthorized: 401,
  insufficient_funds: 402,
  forbidden: 403,
  credentials_required: 403,
  authentication_failed: 403,
  not_found: 404,
  exchange_not_found: 404,
  market_not_found: 404,
  order_not_found: 404,
  conflict: 409,
  rate_limit_exceeded: 429,
  internal_error: 500,
  not_supported: 501,
  service_unavailable: 503,
} as const;

export type RouterCode = keyof typeof statuses;

/** The code of each reason; where the closed set has no exact one, the nearest. */
const codes: Readonly<Record<Reason, RouterCode>> = {
  INSUFFICIENT_BALANCE: 'insufficient_funds',
  INSUFFICIENT_POSITION: 'insufficient_funds',
  INVALID_QUANTITY: 'validation_error',
  PRICE_REQUIRED: 'missing_parameter',
  FOK_ORDER_NOT_FILLED_ERROR: 'bad_request',
  INVALID_ORDER_PAYLOAD: 'validation_error',
  INVALID_ORDER_MIN_TICK_SIZE: 'validation_error',
  UNSUPPORTED_ORDER_TYPE: 'not_supported',
  MARKET_NOT_FOUND: 'market_not_found',
  MARKET_CLOSED: 'bad_request',
  ORDER_NOT_FOUND: 'order_not_found',
  ORDER_NOT_CANCELLABLE: 'order_not_cancellable',
  DUPLICATE_CLIENT_ORDER_ID: 'conflict',
  IDEMPOTENCY_KEY_REUSE: 'conflict',
  IDEMPOTENCY_CONFLICT_PENDING: 'conflict',
  EXECUTION_ERROR: 'internal_error',
  PERSISTENCE_UNKNOWN: 'service_unavailable',
  VENUE_UNAVAILABLE: 'service_unavailable',
  VENUE_LOCATION_REFUSED: 'forbidden',
  VENUE_ACCOUNT_REFUSED: 'forbidden',
  BATCH_LIMIT_EXCEEDED: 'validation_error',
  CONFIRMATION_REQUIRED: 'missing_parameter',
  ORDERS_NOT_CANCELLED: 'conflict',
  VALIDATION_FAILED: 'validation_error',
  MISSING_PARAMETER: 'missing_parameter',
  INVALID_CURSOR: 'bad_request',
  INVALID_TIME_FILTER: 'validation_error',
  INVALID_INTERVAL: 'validation_error',
  TOKEN_NOT_FOUND: 'market_not_found',
  WALLET_NOT_FOUND: 'not_found',
  NOT_FOUND: 'not_found',
  METHOD_NOT_ALLOWED: 'bad_request',
  PAYLOAD_TOO_LARGE: 'bad_request',
  UNSUPPORTED_MEDIA_TYPE: 'bad_request',
  INTERNAL_ERROR: 'internal_error',
  MISSING_AUTH: 'unauthorized',
  MISSING_API_KEY: 'unauthorized',
  INVALID_KEY: 'unauthorized',
  KEY_EXPIRED: 'unauthorized',
  KEY_DEACTIVATED: 'unauthorized',
  INVALID_TOKEN: 'unauthorized',
  TOKEN_EXPIRED: 'unauthorized',
  INSUFFICIENT_PERMISSION: 'forbidden',
  ACCESS_RESTRICTED: 'forbidden',
  CLOSED_BETA: 'forbidden',
  API_PRO_COMING_SOON: 'forbidden',
  TIER_REQUIRES_UPGRADE: 'forbidden',
  BOOTSTRAP_NOT_ALLOWED: 'bad_request',
  // 402 means money on this surface: a plan that is too small is a refusal.
  UPGRADE_REQUIRED: 'forbidden',
  RATE_LIMIT_EXCEEDED: 'rate_limit_exceeded',
  RATE_LIMITED: 'rate_limit_exceeded',
  EXCHANGE_NOT_FOUND: 'exchange_not_found',
  NOT_SUPPORTED: 'not_supported',
  CUSTOMER_NOT_FOUND: 'not_found',
  CUSTOMER_FORBIDDEN: 'forbidden',
  CREDENTIALS_REQUIRED: 'credentials_required',
  AUTHENTICATION_FAILED: 'authentication_failed',
  CREDENTIALS_LINKED: 'conflict',
  IMPERSONATION_NEEDS_KEY: 'bad_request',
  EXCHANGE_REFUSED: 'bad_request',
  SCALE_SUSPECTED: 'validation_error',
  ORDER_REJECTED: 'conflict',
  EXTERNAL_ID_CONFLICT: 'conflict',
  REDIRECT_NOT_ALLOWED: 'bad_request',
  SESSION_NOT_FOUND: 'not_found',
  SESSION_STATE_CONFLICT: 'conflict',
  ATTEMPT_CONFLICT: 'conflict',
  POSITION_NOT_HELD: 'not_found',
  SUGGESTION_NOT_FOUND: 'not_found',
  SUGGESTION_CONFLICT: 'conflict',
};

/** Reasons that keep a status of HTTP's own, which says more than their code's. */
const ownStatus: ReadonlySet<Reason> = new Set([
  'METHOD_NOT_ALLOWED',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
]);

/**
 * `/api/v1` shape of a failure (contract: errors and limits, "Bodies"): the sentence in `error`, the surface's own
 * snake-case `code`, and whether to send the request again. The catalogue's reason stands in `X-Polysim-Code`.
 */
export function toRouterError(failure: Failure): WireError {
  const { reason } = failure;
  const entry = errorCatalogue[reason];
  const code = codes[reason];
  const issues = issuesOf(failure);
  return {
    status: ownStatus.has(reason) ? entry.status : statuses[code],
    headers: errorHeaders(failure),
    body: {
      error: failure.message ?? entry.sentence,
      code,
      retryable: isRetryable(reason, code),
      ...(issues.length > 0 && { validation_errors: issues }),
      ...(code === 'rate_limit_exceeded' && limitOf(failure)),
    },
  };
}

/** Only these two codes say so; an order whose outcome is not known must be looked up, not sent again. */
const isRetryable = (reason: Reason, code: RouterCode): boolean =>
  code === 'rate_limit_exceeded' || (code === 'service_unavailable' && reason !== 'PERSISTENCE_UNKNOWN');

const limitOf = ({ tier, limitQps }: Failure): Record<string, unknown> => ({
  ...(tier !== undefined && { tier }),
  ...(limitQps !== undefined && { limit_qps: limitQps }),
});

/** `details.issues`, as validation makes them, each as one line. */
function issuesOf({ details }: Failure): readonly string[] {
  const issues = details?.['issues'];
  if (!Array.isArray(issues)) return [];
  return issues.flatMap((issue: unknown) => (isIssue(issue) ? [lineOf(issue)] : []));
}

interface Issue {
  readonly path: string;
  readonly message: string;
}

const isIssue = (value: unknown): value is Issue =>
  typeof value === 'object' && value !== null && 'path' in value && 'message' in value;

const lineOf = ({ path, message }: Issue): string => (path === '' ? message : `${path}: ${message}`);
