import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signed requests older or newer than this are refused, seconds. */
const MAX_SKEW_SECONDS = 60;

export interface SignedRequest {
  readonly secret: string;
  /** Header text, Unix seconds. */
  readonly timestamp: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The exact bytes, '' for none. */
  readonly body: string;
}

/** base64url(HMAC-SHA-256(base64decode(secret), timestamp + METHOD + path + body)), padding kept. */
export function hmacSignature(request: SignedRequest): string {
  const key = Buffer.from(request.secret, 'base64url');
  return createHmac('sha256', key)
    .update(request.timestamp + request.method + request.path + request.body)
    .digest('base64')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

export function hmacMatches(request: SignedRequest, signature: string): boolean {
  return constantTimeEqual(hmacSignature(request), signature);
}

export function constantTimeEqual(expected: string, actual: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(actual);
  return a.length === b.length && timingSafeEqual(a, b);
}

export function isFresh(timestamp: string, nowSeconds: number, limit = MAX_SKEW_SECONDS): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(Number(timestamp) - nowSeconds) <= limit;
}
