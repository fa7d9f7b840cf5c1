import type { WindowRule } from './sliding-window.ts';

/** The ladder of plans (contract: errors and limits, "Tiers"). `GET /v1/keys/tiers` shows it. */
export interface TierLimits {
  readonly requestsPerSecond: number;
  readonly requestsPerMinute: number;
  readonly maxWsConnections: number;
  readonly maxBatchSize: number;
  /** Orders being placed at once, and requests of any kind (both decided in the contract). */
  readonly tradeWritesInFlight: number;
  readonly inFlight: number;
  /** The two request caps as rules of the limiter: second, then minute. */
  readonly rules: readonly [WindowRule, WindowRule];
}

export const tierNames = ['free', 'pro', 'pro_plus', 'enterprise'] as const;
export type Tier = (typeof tierNames)[number];

const perSecondAndMinute = (second: number, minute: number): readonly [WindowRule, WindowRule] => [
  { cap: second, spanMs: 1_000 },
  { cap: minute, spanMs: 60_000 },
];

const limits = (
  second: number,
  minute: number,
  ws: number,
  batch: number,
  writes: number,
  inFlight: number,
): TierLimits => ({
  requestsPerSecond: second,
  requestsPerMinute: minute,
  maxWsConnections: ws,
  maxBatchSize: batch,
  tradeWritesInFlight: writes,
  inFlight,
  rules: perSecondAndMinute(second, minute),
});

export const tiers: Readonly<Record<Tier, TierLimits>> = {
  free: limits(2, 120, 1, 1, 1, 4),
  pro: limits(10, 600, 3, 5, 2, 9),
  pro_plus: limits(30, 1800, 10, 10, 4, 12),
  enterprise: limits(100, 6000, 50, 25, 10, 50),
};

/** Unauthenticated routes, per caller address (same contract). */
export const publicRules = perSecondAndMinute(10, 600);

/**
 * `/v1/partner`, for a tenant with all its keys (contract: partner, "Limits"). A single key has the same two caps, and
 * what its tenant lets pass is never more: one window decides both.
 */
export const partnerCaps = { requestsPerSecond: 50, requestsPerMinute: 3_000 } as const;
export const partnerRules = perSecondAndMinute(partnerCaps.requestsPerSecond, partnerCaps.requestsPerMinute);

/** `POST /v1/keys/bootstrap`, per caller address: 1 a minute and 5 an hour (same contract). */
export const bootstrapRules: readonly WindowRule[] = [
  { cap: 1, spanMs: 60_000 },
  { cap: 5, spanMs: 3_600_000 },
];

/** Whether `tier` stands at or below `ceiling` on the ladder. */
export const tierWithin = (tier: Tier, ceiling: Tier): boolean =>
  tierNames.indexOf(tier) <= tierNames.indexOf(ceiling);

/** The lower of two tiers. */
export const lowerTier = (a: Tier, b: Tier): Tier => (tierWithin(a, b) ? a : b);

/** A trader's session may ask as often, and trade as much at once, as a key of this tier: what one person does. */
export const TRADER_SESSION_TIER: Tier = 'pro';
