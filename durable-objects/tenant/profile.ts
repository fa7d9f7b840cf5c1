import type { Role } from '../../shared/keys/permissions.ts';
import type { Admission, TenantSnapshot } from '../../shared/keys/principal.ts';
import type { Tier } from '../../shared/limits/tiers.ts';
import type { TradedVenue } from '../../shared/venues/venue-names.ts';

/** What an operator sees and sets of a tenant. */
export interface Profile {
  readonly tenant: string;
  readonly name: string;
  readonly tier: Tier;
  readonly roles: readonly Role[];
  readonly admission: Admission;
  readonly flagged: boolean;
  readonly underReview: boolean;
  /** End of the closed beta for this tenant's cohort keys, Unix ms. */
  readonly betaCutoff: number;
  /** Lower-case address that L1 sign-in belongs to. */
  readonly walletAddress: string | null;
  /** `sub` of the owner's user token. */
  readonly owner: string | null;
  /** Where `/v1` trades unless a request says otherwise. */
  readonly defaultVenue: TradedVenue;
  /** Grows with every change that keys must learn of. */
  readonly version: number;
  readonly createdAt: number;
}

/** The part of a profile that may change. */
export type ProfileChange = Partial<Omit<Profile, 'tenant' | 'version' | 'createdAt'>>;

// A type alias, not an interface: `sql.exec` wants a row type with an index signature.
type Row = {
  tenant: string;
  name: string;
  tier: string;
  roles: string;
  admission: string;
  flagged: number;
  under_review: number;
  beta_cutoff: number;
  wallet_address: string | null;
  owner: string | null;
  default_venue: string;
  version: number;
  created_at: number;
};

export function readProfile(sql: SqlStorage): Profile | undefined {
  const [row] = sql.exec<Row>('SELECT * FROM profile WHERE id = 1').toArray();
  if (!row) return undefined;
  return {
    tenant: row.tenant,
    name: row.name,
    // These columns hold only what `writeProfile` put there, which the compiler has checked.
    tier: row.tier as Tier,
    roles: JSON.parse(row.roles) as readonly Role[],
    admission: row.admission as Admission,
    flagged: row.flagged === 1,
    underReview: row.under_review === 1,
    betaCutoff: row.beta_cutoff,
    walletAddress: row.wallet_address,
    owner: row.owner,
    defaultVenue: row.default_venue as TradedVenue,
    version: row.version,
    createdAt: row.created_at,
  };
}

export function writeProfile(sql: SqlStorage, profile: Profile): void {
  sql.exec(
    `INSERT OR REPLACE INTO profile (id, tenant, name, tier, roles, admission, flagged, under_review,
       beta_cutoff, wallet_address, owner, default_venue, version, created_at)
     VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    profile.tenant,
    profile.name,
    profile.tier,
    JSON.stringify(profile.roles),
    profile.admission,
    profile.flagged ? 1 : 0,
    profile.underReview ? 1 : 0,
    profile.betaCutoff,
    profile.walletAddress,
    profile.owner,
    profile.defaultVenue,
    profile.version,
    profile.createdAt,
  );
}

/** What the tenant's keys are told. */
export function snapshotOf(profile: Profile): TenantSnapshot {
  const { version, tier, roles, admission, flagged, underReview, betaCutoff, defaultVenue } = profile;
  return { version, tier, roles, admission, flagged, underReview, betaCutoff, defaultVenue };
}
