import { json, type Reply } from '../lib/http/route.ts';

/** gRPC status codes, and the HTTP statuses that the exchange's gateway makes of them. */
const HTTP_STATUS = {
  INVALID_ARGUMENT: [3, 400],
  DEADLINE_EXCEEDED: [4, 504],
  NOT_FOUND: [5, 404],
  ALREADY_EXISTS: [6, 409],
  PERMISSION_DENIED: [7, 403],
  RESOURCE_EXHAUSTED: [8, 429],
  ABORTED: [10, 409],
  UNIMPLEMENTED: [12, 501],
  INTERNAL: [13, 500],
  UNAVAILABLE: [14, 503],
  UNAUTHENTICATED: [16, 401],
} as const;

export type StatusName = keyof typeof HTTP_STATUS;

/** A refusal in the exchange's words: the same on REST and on gRPC. */
export class ExchangeError extends Error {
  readonly status: StatusName;
  /** Seconds, with RESOURCE_EXHAUSTED. */
  readonly retryAfter: number | undefined;

  constructor(status: StatusName, message: string, retryAfter?: number) {
    super(message);
    this.name = 'ExchangeError';
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export const invalid = (message: string): ExchangeError => new ExchangeError('INVALID_ARGUMENT', message);
export const notFound = (message: string): ExchangeError => new ExchangeError('NOT_FOUND', message);
export const denied = (message: string): ExchangeError => new ExchangeError('PERMISSION_DENIED', message);
export const unauthenticated = (message: string): ExchangeError =>
  new ExchangeError('UNAUTHENTICATED', message);

export function statusCode(status: StatusName): number {
  return HTTP_STATUS[status][0];
}

export function refusalReply(error: ExchangeError): Reply {
  const [code, status] = HTTP_STATUS[error.status];
  const reply = json({ code, message: error.message, details: [] }, status);
  return error.retryAfter === undefined
    ? reply
    : { ...reply, headers: { 'retry-after': String(error.retryAfter) } };
}

/** For statuses that the server or a fault decides on; INTERNAL where no code has that status. */
export function statusOfHttp(httpStatus: number): StatusName {
  for (const [name, [, status]] of Object.entries(HTTP_STATUS))
    if (status === httpStatus) return name as StatusName; // Object.entries forgets the keys of the table above
  return 'INTERNAL';
}
