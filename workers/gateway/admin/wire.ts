import * as z from 'zod';
import { permissions, roles } from '../../../shared/keys/permissions.ts';
import { admissions } from '../../../shared/keys/principal.ts';
import { tradedVenues } from '../../../shared/venues/venue-names.ts';
import { tierNames } from '../../../shared/limits/tiers.ts';
import type { Profile } from '../../../durable-objects/tenant/api.ts';
import type { GatewaySettings } from '../../../durable-objects/directory/api.ts';

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address')
  .transform((text) => text.toLowerCase());
const time = z.iso.datetime({ offset: true });

/** What an operator changes of a key: at least one of the two. */
export const keyChange = z
  .strictObject({ is_active: z.boolean().optional(), expires_at: time.optional() })
  .refine((change) => Object.keys(change).length > 0, 'send is_active or expires_at');

/** What a key that an operator issues may do; without it, all that the tenant's roles open. */
export const keyOrder = z
  .strictObject({ permissions: z.array(z.enum(permissions)).min(1).max(permissions.length).optional() })
  .optional();

/** What an operator may set on a tenant. */
export const tenantChange = z.strictObject({
  name: z.string().trim().min(1).max(100).optional(),
  tier: z.enum(tierNames).optional(),
  roles: z.array(z.enum(roles)).max(roles.length).optional(),
  admission: z.enum(admissions).optional(),
  flagged: z.boolean().optional(),
  under_review: z.boolean().optional(),
  beta_cutoff: time.optional(),
  wallet_address: address.nullable().optional(),
  owner: z.string().min(1).max(255).nullable().optional(),
  default_venue: z.enum(tradedVenues).optional(),
});

export const tenantCreate = tenantChange.extend({
  name: z.string().trim().min(1).max(100),
  /** Keys to issue at once, each shown once in the reply. */
  keys: z.number().int().min(0).max(5).default(0),
});

export const settingsChange = z.strictObject({
  self_serve: z.boolean().optional(),
  beta_cutoff: time.optional(),
  cohort_label: z.string().min(1).max(100).optional(),
  cohort_cap: z.number().int().min(0).max(1_000_000).optional(),
  reopens_at: time.nullable().optional(),
});

export const tenantView = z.object({
  tenant: z.string(),
  name: z.string(),
  tier: z.string(),
  roles: z.array(z.string()),
  admission: z.string(),
  flagged: z.boolean(),
  under_review: z.boolean(),
  beta_cutoff: z.string(),
  wallet_address: z.string().nullable(),
  owner: z.string().nullable(),
  default_venue: z.string(),
  created_at: z.string(),
});

export const settingsView = z.object({
  self_serve: z.boolean(),
  beta_cutoff: z.string(),
  cohort_label: z.string(),
  cohort_cap: z.number(),
  reopens_at: z.string().nullable(),
});

export function toTenantView(profile: Profile): z.infer<typeof tenantView> {
  return {
    tenant: profile.tenant,
    name: profile.name,
    tier: profile.tier,
    roles: [...profile.roles],
    admission: profile.admission,
    flagged: profile.flagged,
    under_review: profile.underReview,
    beta_cutoff: new Date(profile.betaCutoff).toISOString(),
    wallet_address: profile.walletAddress,
    owner: profile.owner,
    default_venue: profile.defaultVenue,
    created_at: new Date(profile.createdAt).toISOString(),
  };
}

export function toSettingsView(settings: GatewaySettings): z.infer<typeof settingsView> {
  return {
    self_serve: settings.selfServe,
    beta_cutoff: new Date(settings.betaCutoff).toISOString(),
    cohort_label: settings.cohortLabel,
    cohort_cap: settings.cohortCap,
    reopens_at: settings.reopensAt,
  };
}
