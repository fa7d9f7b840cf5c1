import { ExchangeError } from './exchange-error.ts';

/** Requests a firm may send of one method: at once `burst`, and then so many in `perMs` milliseconds. */
export interface RateLimit {
  readonly burst: number;
  readonly perMs: number;
}

export interface RateLimits {
  readonly limits: Map<string, RateLimit>;
  /** By `<firm> <method>`. */
  readonly buckets: Map<string, { tokens: number; atMs: number }>;
  enabled: boolean;
}

const SECOND = 1000;
const MINUTE = 60_000;

/** docs.polymarket.us/trader-guide/rate-limits; of the tiered methods, the fourth tier. */
const DOCUMENTED: readonly (readonly [string, RateLimit])[] = [
  ['insert_order', { burst: 400, perMs: SECOND }],
  ['cancel_replace_order', { burst: 400, perMs: SECOND }],
  ['cancel_order', { burst: 1200, perMs: SECOND }],
  ['insert_order_list', { burst: 50, perMs: SECOND }],
  ['cancel_order_list', { burst: 50, perMs: SECOND }],
  ['cancel_replace_order_list', { burst: 50, perMs: SECOND }],
  ['list_instruments', { burst: 6, perMs: MINUTE }],
  ['list_symbols', { burst: 6, perMs: MINUTE }],
  ['search_orders', { burst: 12, perMs: MINUTE }],
  ['search_executions', { burst: 12, perMs: MINUTE }],
];

export function createRateLimits(): RateLimits {
  return { limits: new Map(DOCUMENTED), buckets: new Map(), enabled: true };
}

/** Takes a token from the firm's bucket of the method. @throws RESOURCE_EXHAUSTED when there is none. */
export function takeToken(rateLimits: RateLimits, firm: string, method: string, nowMs: number): void {
  const limit = rateLimits.limits.get(method);
  if (!rateLimits.enabled || limit === undefined) return;
  const key = `${firm} ${method}`;
  const bucket = rateLimits.buckets.get(key) ?? { tokens: limit.burst, atMs: nowMs };
  const refilled = bucket.tokens + ((nowMs - bucket.atMs) * limit.burst) / limit.perMs;
  bucket.tokens = Math.min(limit.burst, refilled);
  bucket.atMs = nowMs;
  // Firms and methods are few; nothing here grows with the length of a run.
  rateLimits.buckets.set(key, bucket);
  if (bucket.tokens < 1) {
    const waitMs = ((1 - bucket.tokens) * limit.perMs) / limit.burst;
    throw new ExchangeError('RESOURCE_EXHAUSTED', 'rate limit exceeded', Math.ceil(waitMs / SECOND));
  }
  bucket.tokens -= 1;
}
