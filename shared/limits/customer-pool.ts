/** Requests a second that a builder's customers share (contract: router, "Builders"). */
export const POOL_QPS = 500;

/** What a customer gets whose builder names no limit, requests a second: what clients of this shape expect. */
export const DEFAULT_CUSTOMER_QPS = 10;

/**
 * The most that a builder may write as one customer's limit. More than the pool can never pass; the number only
 * keeps sums exact.
 */
export const MAX_CUSTOMER_QPS = 10_000;

/** One of the two limits of a customer's request, requests a second. */
export interface PoolSide {
  readonly limit: number;
  readonly remaining: number;
}

/** What both limits say after a request. Without `user` the customer is not known. */
export interface PoolReport {
  readonly user?: PoolSide;
  readonly pool: PoolSide;
}

/** Headers of a reply to a customer's request, or to a builder's that acts as one. */
export function poolHeaders({ user, pool }: PoolReport): ReadonlyArray<readonly [string, string]> {
  return [...(user ? sideHeaders('user', user) : []), ...sideHeaders('pool', pool)];
}

const sideHeaders = (
  name: string,
  { limit, remaining }: PoolSide,
): readonly (readonly [string, string])[] => [
  [`x-ratelimit-${name}-limit`, String(limit)],
  [`x-ratelimit-${name}-remaining`, String(remaining)],
];
