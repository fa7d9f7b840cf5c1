import { errorCatalogue, type Reason } from './catalogue.ts';
import type { Failure } from './failure.ts';
import { errorHeaders, type WireError } from './wire-error.ts';

/** Codes of the exchange's errors, by grpc's numbers, with the HTTP status of each (contract: exchange, "Errors"). */
const statuses = {
  3: 400,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  10: 409,
  12: 501,
  13: 500,
  14: 503,
  16: 401,
  4: 504,
} as const;
export type GrpcCode = keyof typeof statuses;

const [INVALID, MISSING, EXISTS, DENIED, EXHAUSTED, ABORTED] = [3, 5, 6, 7, 8, 10] as const;
const [UNIMPLEMENTED, INTERNAL, UNAVAILABLE, UNAUTHENTICATED, DEADLINE] = [12, 13, 14, 16, 4] as const;

/** The code of each reason; where grpc has no exact one, the nearest. */
const codes: Readonly<Record<Reason, GrpcCode>> = {
  INSUFFICIENT_BALANCE: INVALID,
  INSUFFICIENT_POSITION: INVALID,
  INVALID_QUANTITY: INVALID,
  PRICE_REQUIRED: INVALID,
  FOK_ORDER_NOT_FILLED_ERROR: INVALID,
  INVALID_ORDER_PAYLOAD: INVALID,
  INVALID_ORDER_MIN_TICK_SIZE: INVALID,
  UNSUPPORTED_ORDER_TYPE: INVALID,
  MARKET_NOT_FOUND: MISSING,
  MARKET_CLOSED: INVALID,
  ORDER_NOT_FOUND: MISSING,
  ORDER_NOT_CANCELLABLE: INVALID,
  DUPLICATE_CLIENT_ORDER_ID: EXISTS,
  IDEMPOTENCY_KEY_REUSE: EXISTS,
  IDEMPOTENCY_CONFLICT_PENDING: ABORTED,
  EXECUTION_ERROR: INTERNAL,
  // The exchange may have it: whoever reads "unavailable" would send it again.
  PERSISTENCE_UNKNOWN: DEADLINE,
  VENUE_UNAVAILABLE: UNAVAILABLE,
  VENUE_LOCATION_REFUSED: DENIED,
  VENUE_ACCOUNT_REFUSED: DENIED,
  BATCH_LIMIT_EXCEEDED: INVALID,
  CONFIRMATION_REQUIRED: INVALID,
  ORDERS_NOT_CANCELLED: ABORTED,
  VALIDATION_FAILED: INVALID,
  MISSING_PARAMETER: INVALID,
  INVALID_CURSOR: INVALID,
  INVALID_TIME_FILTER: INVALID,
  INVALID_INTERVAL: INVALID,
  TOKEN_NOT_FOUND: MISSING,
  WALLET_NOT_FOUND: MISSING,
  NOT_FOUND: MISSING,
  METHOD_NOT_ALLOWED: UNIMPLEMENTED,
  PAYLOAD_TOO_LARGE: INVALID,
  UNSUPPORTED_MEDIA_TYPE: INVALID,
  INTERNAL_ERROR: INTERNAL,
  MISSING_AUTH: UNAUTHENTICATED,
  MISSING_API_KEY: UNAUTHENTICATED,
  INVALID_KEY: UNAUTHENTICATED,
  KEY_EXPIRED: UNAUTHENTICATED,
  KEY_DEACTIVATED: UNAUTHENTICATED,
  INVALID_TOKEN: UNAUTHENTICATED,
  TOKEN_EXPIRED: UNAUTHENTICATED,
  INSUFFICIENT_PERMISSION: DENIED,
  ACCESS_RESTRICTED: DENIED,
  CLOSED_BETA: DENIED,
  API_PRO_COMING_SOON: DENIED,
  TIER_REQUIRES_UPGRADE: DENIED,
  BOOTSTRAP_NOT_ALLOWED: INVALID,
  UPGRADE_REQUIRED: DENIED,
  RATE_LIMIT_EXCEEDED: EXHAUSTED,
  RATE_LIMITED: EXHAUSTED,
  EXCHANGE_NOT_FOUND: MISSING,
  NOT_SUPPORTED: UNIMPLEMENTED,
  CUSTOMER_NOT_FOUND: MISSING,
  CUSTOMER_FORBIDDEN: DENIED,
  CREDENTIALS_REQUIRED: DENIED,
  AUTHENTICATION_FAILED: UNAUTHENTICATED,
  CREDENTIALS_LINKED: EXISTS,
  IMPERSONATION_NEEDS_KEY: INVALID,
  EXTERNAL_ID_CONFLICT: EXISTS,
  REDIRECT_NOT_ALLOWED: INVALID,
  EXCHANGE_REFUSED: INVALID,
  SCALE_SUSPECTED: INVALID,
  ORDER_REJECTED: ABORTED,
  SESSION_NOT_FOUND: MISSING,
  SESSION_STATE_CONFLICT: ABORTED,
  ATTEMPT_CONFLICT: EXISTS,
  POSITION_NOT_HELD: MISSING,
  SUGGESTION_NOT_FOUND: MISSING,
  SUGGESTION_CONFLICT: ABORTED,
};

/** Reasons whose status is HTTP's own and says more than their code's. */
const ownStatus: ReadonlySet<Reason> = new Set([
  'METHOD_NOT_ALLOWED',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
]);

/**
 * A failure as `/auth/v1beta1` and `/api/v1beta1` tell it: the exchange's own body. What the exchange itself said keeps
 * its status and code; the reason stands in `X-Polysim-Code`.
 */
export function toExchangeError(failure: Failure): WireError {
  const { reason } = failure;
  const entry = errorCatalogue[reason];
  const isForeign = reason === 'EXCHANGE_REFUSED';
  const code = (isForeign ? failure.grpcCode : undefined) ?? codes[reason];
  const status = isForeign ? failure.status : undefined;
  return {
    status: status ?? (ownStatus.has(reason) ? entry.status : statuses[codes[reason]]),
    headers: errorHeaders(failure),
    body: { code, message: failure.message ?? entry.sentence, details: violationsOf(failure) },
  };
}

/** Faults of a body, as google.rpc.BadRequest says them. */
function violationsOf({ details }: Failure): readonly unknown[] {
  const issues = details?.['issues'];
  if (!Array.isArray(issues) || issues.length === 0) return [];
  const fieldViolations = issues.flatMap((issue: unknown) =>
    isIssue(issue) ? [{ field: issue.path, description: issue.message }] : [],
  );
  return [{ '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations }];
}

const isIssue = (value: unknown): value is { readonly path: string; readonly message: string } =>
  typeof value === 'object' && value !== null && 'path' in value && 'message' in value;
