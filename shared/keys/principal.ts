import { lowerTier, type Tier } from '../limits/tiers.ts';
import type { TradedVenue } from '../venues/venue-names.ts';
import { permissionsUnderRoles, type Permission, type Role } from './permissions.ts';

/** How a tenant came to be allowed in (contract: errors and limits, "Keys"). */
export const admissions = ['none', 'cohort', 'self_serve'] as const;
export type Admission = (typeof admissions)[number];

/** What every key of a tenant must know about it. Pushed to the keys when it changes; `version` grows. */
export interface TenantSnapshot {
  readonly version: number;
  readonly tier: Tier;
  readonly roles: readonly Role[];
  readonly admission: Admission;
  readonly flagged: boolean;
  readonly underReview: boolean;
  /** End of the closed beta for cohort keys, Unix ms. */
  readonly betaCutoff: number;
  /** Where `/v1` trades unless a request says otherwise; absent from keys that were told before there was a choice. */
  readonly defaultVenue?: TradedVenue;
}

/** Who a request acts as. */
export interface Principal {
  readonly tenant: string;
  readonly customer?: string;
  readonly account: string;
  /** The trader user whose session this is, and the number of the account's wallet. */
  readonly trader?: { readonly user: number; readonly wallet: number };
  /** Public id of the key, `jwt` for a user token, `session:…` for a trader's session. */
  readonly key: string;
  readonly permissions: readonly Permission[];
  readonly tier: Tier;
  /** Where `/v1` trades unless the request says otherwise; paper where nothing is said. */
  readonly defaultVenue?: TradedVenue;
  /** The tenant is enabled as a builder: its orders at venues are attributed to it. */
  readonly builder?: true;
}

/** How long after its issue or the snapshot a cohort key has run out, and what then remains. */
export interface KeyStatus {
  readonly tier: Tier;
  readonly permissions: readonly Permission[];
  readonly betaExpired: boolean;
}

/**
 * What a key really has at a moment: never more than its tenant's roles open now. Cohort keys run at `enterprise` until
 * the cutoff, then as `free` and read-only; other keys have their own tier, never above the tenant's; free keys are
 * read-only.
 */
export function keyStatus(
  key: { readonly tier: Tier; readonly permissions: readonly Permission[] },
  tenant: TenantSnapshot,
  now: number,
): KeyStatus {
  const permissions = permissionsUnderRoles(tenant.roles, key.permissions);
  if (tenant.admission === 'cohort') {
    return now < tenant.betaCutoff
      ? { tier: 'enterprise', permissions, betaExpired: false }
      : { tier: 'free', permissions: readOnly(permissions), betaExpired: true };
  }
  const tier = lowerTier(key.tier, tenant.tier);
  return {
    tier,
    permissions: tier === 'free' ? readOnly(permissions) : permissions,
    betaExpired: false,
  };
}

/** What a free or run-out key may still do: look. */
const reading: ReadonlySet<Permission> = new Set(['read', 'accounts:read']);
export const isReadPermission = (permission: Permission): boolean => reading.has(permission);

const readOnly = (list: readonly Permission[]): readonly Permission[] => list.filter(isReadPermission);
