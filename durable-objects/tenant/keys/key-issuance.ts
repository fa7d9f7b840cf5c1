import { failure, type Failure } from '../../../shared/errors/failure.ts';
import {
  grantablePermissions,
  operatorPermissions,
  type Permission,
} from '../../../shared/keys/permissions.ts';
import { isReadPermission } from '../../../shared/keys/principal.ts';
import { tierWithin, type Tier } from '../../../shared/limits/tiers.ts';
import type { Profile } from '../profile.ts';

/** What a caller asks for when it issues a key. */
export interface KeyRequest {
  readonly name?: string;
  readonly tier?: Tier;
  readonly permissions?: readonly Permission[];
}

/** At most this many usable keys a tenant (contract: errors and limits, "Keys"). */
export const MAX_ACTIVE_KEYS = 5;

/**
 * Whether this tenant may issue keys at all (contract: errors and limits, CLOSED_BETA and
 * API_PRO_COMING_SOON). A free tenant admits itself while self-serve issuance is on.
 */
export function issuanceGate(profile: Profile, selfServe: boolean): Failure | undefined {
  if (profile.flagged || profile.underReview) return failure('ACCESS_RESTRICTED');
  if (profile.admission !== 'none') return undefined;
  if (!selfServe) return failure('CLOSED_BETA');
  return profile.tier === 'free' ? undefined : failure('API_PRO_COMING_SOON');
}

/** The tier and permissions a new key gets, or why it cannot have what was asked. */
export function grantRights(
  profile: Profile,
  request: KeyRequest,
  byOperator = false,
): { readonly ok: true; readonly tier: Tier; readonly permissions: readonly Permission[] } | Failure {
  // Cohort keys run at enterprise until the cutoff whatever the plan, so they may ask for any tier.
  const ceiling = profile.admission === 'cohort' ? 'enterprise' : profile.tier;
  const tier = request.tier ?? ceiling;
  if (!tierWithin(tier, ceiling)) {
    return failure('TIER_REQUIRES_UPGRADE', { message: `The ${ceiling} plan does not include ${tier} keys` });
  }
  const asked = request.permissions ?? (tier === 'free' ? ['read'] : ['read', 'trade']);
  const beyond = tier === 'free' ? asked.find((permission) => !isReadPermission(permission)) : undefined;
  if (beyond !== undefined) {
    return failure('TIER_REQUIRES_UPGRADE', {
      message: `Free tier keys are read-only: ${beyond} needs a paid plan`,
    });
  }
  const allowed = new Set([
    ...grantablePermissions(profile.roles),
    ...(byOperator ? operatorPermissions : []),
  ]);
  const refused = asked.find((permission) => !allowed.has(permission));
  if (refused !== undefined) {
    return failure('INSUFFICIENT_PERMISSION', {
      message: `This account cannot grant the permission: ${refused}`,
    });
  }
  return { ok: true, tier, permissions: [...new Set(asked)] };
}
