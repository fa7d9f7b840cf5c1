import { tiers, type Tier } from './tiers.ts';
import type { WindowState } from './window.ts';

/** What a limiter object tells the gateway about the window it guards: second first, then minute. */
export interface LimitReport extends WindowState {
  readonly tier: Tier;
}

/**
 * Rate-limit headers of an authenticated reply (contract: errors and limits, "Tiers"): the `X-RateLimit-*`
 * set, the same as `X-Polysim-RateLimit-*`, and the IETF draft's two. `reset` is Unix seconds on `/v1`.
 */
export function rateLimitHeaders(
  report: LimitReport,
  nowMs: number,
): ReadonlyArray<readonly [string, string]> {
  const { requestsPerSecond, requestsPerMinute } = tiers[report.tier];
  const [second = 0, minute = 0] = report.remaining;
  const policy = `"second";q=${requestsPerSecond};w=1, "minute";q=${requestsPerMinute};w=60`;
  const values = [
    ['limit', String(requestsPerMinute)],
    ['remaining', String(minute)],
    ['reset', String(Math.ceil((nowMs + report.resetMs) / 1000))],
    ['limit-per-second', String(requestsPerSecond)],
    ['remaining-per-second', String(second)],
    ['tier', report.tier],
  ] as const;
  return [
    ...values.map(([name, value]) => [`x-ratelimit-${name}`, value] as const),
    ...values.map(([name, value]) => [`x-polysim-ratelimit-${name}`, value] as const),
    ['ratelimit-policy', policy],
    ['ratelimit', `"second";r=${second};t=1, "minute";r=${minute};t=${Math.ceil(report.resetMs / 1000)}`],
  ];
}

/** `Retry-After`: the whole seconds after which one request would pass, at least 1. */
export const retryAfterSeconds = (retryAfterMs: number): number =>
  Math.max(1, Math.ceil(retryAfterMs / 1000));
