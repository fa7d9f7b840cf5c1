import { tiers, type Tier, type TierLimits } from './tiers.ts';
import type { WindowState } from './sliding-window.ts';

/** What a limiter object tells the gateway about the window it guards: second first, then minute. */
export interface LimitReport extends WindowState {
  readonly tier: Tier;
  /** Of a surface whose limits are its own and not the tier's. */
  readonly caps?: RequestCaps;
}

/** Requests that may pass in a second and in a minute. */
export type RequestCaps = Pick<TierLimits, 'requestsPerSecond' | 'requestsPerMinute'>;

/** How `X-RateLimit-Reset` tells when the minute's window is empty: Unix seconds, or on `/v1/partner` seconds left. */
export type ResetForm = 'unix' | 'left';

/**
 * Rate-limit headers of an authenticated reply (contract: errors and limits, "Tiers"): the `X-RateLimit-*`
 * set, the same as `X-Polysim-RateLimit-*`, and the IETF draft's two.
 */
export function rateLimitHeaders(
  report: LimitReport,
  nowMs: number,
  form: ResetForm = 'unix',
): ReadonlyArray<readonly [string, string]> {
  const { requestsPerSecond, requestsPerMinute } = report.caps ?? tiers[report.tier];
  const [second = 0, minute = 0] = report.remaining;
  const policy = `"second";q=${requestsPerSecond};w=1, "minute";q=${requestsPerMinute};w=60`;
  const values = [
    ['limit', String(requestsPerMinute)],
    ['remaining', String(minute)],
    ['reset', String(Math.ceil((report.resetMs + (form === 'unix' ? nowMs : 0)) / 1000))],
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
