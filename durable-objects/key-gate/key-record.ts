import type { Permission } from '../../shared/keys/permissions.ts';
import type { TenantSnapshot } from '../../shared/keys/principal.ts';
import type { Tier } from '../../shared/limits/tiers.ts';

/** All that a KeyGate stores: one record under the name `record`, and `last_used_at` beside it. */
export interface KeyRecord {
  readonly id: string;
  readonly tenant: string;
  readonly customer?: string;
  readonly account: string;
  readonly tier: Tier;
  readonly permissions: readonly Permission[];
  readonly state: 'active' | 'revoked' | 'deactivated';
  /** Unix ms; undefined = never. */
  readonly expiresAt?: number;
  readonly snapshot: TenantSnapshot;
}

/** Changes a tenant makes to a key after issuing it. */
export interface KeyChange {
  readonly state?: KeyRecord['state'];
  readonly expiresAt?: number;
  readonly snapshot?: TenantSnapshot;
}
