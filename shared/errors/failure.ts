import { errorCatalogue, type Reason } from './catalogue.ts';

/** What the caller may learn about a failure beside its code. */
export interface FailureInfo {
  /** A sentence more exact than the catalogue's. */
  readonly message?: string;
  /** Status in place of the catalogue's, where the contract names another for this one case. */
  readonly status?: number;
  /** Machine-readable details, shown in the verbose body. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Whole seconds until a retry can succeed: becomes `Retry-After`. */
  readonly retryAfter?: number;
  /** Milliseconds, for the body key `retry_after_ms` of RATE_LIMITED. */
  readonly retryAfterMs?: number;
  /** For 429 on `/api/v1`: the tier and the requests a second that are used up. */
  readonly tier?: string;
  readonly limitQps?: number;
  /** For 402: the plan feature that is missing. */
  readonly featureKey?: string;
  /** For `/api/v1beta1`: the exchange's own code (grpc's numbers), in place of the one that the reason has. */
  readonly grpcCode?: number;
  /** For 405: what the path does answer. */
  readonly allow?: readonly string[];
}

/** A refused or failed outcome as it crosses RPC: error classes do not survive there. */
export interface Failure extends FailureInfo {
  readonly ok: false;
  readonly reason: Reason;
}

/** Makes a tagged failure. */
export function failure(reason: Reason, info: FailureInfo = {}): Failure {
  return { ok: false, reason, ...info };
}

/** A member that fits its schema and is wrong all the same; told as the schema's own faults are. */
export const invalidMember = (path: string, message: string): Failure =>
  failure('VALIDATION_FAILED', { message: `${path}: ${message}`, details: { issues: [{ path, message }] } });

/** Thrown inside one isolate to leave a handler early; the surface's error mapper turns it into a reply. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly failure: Failure;

  constructor(reason: Reason | Failure, info: FailureInfo = {}) {
    const value = typeof reason === 'string' ? failure(reason, info) : reason;
    super(value.message ?? errorCatalogue[value.reason].sentence);
    this.failure = value;
  }
}
