import { directory, tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import { grantablePermissions, type Permission } from '../../../shared/keys/permissions.ts';
import type { Env } from '../env.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { tenantNamesOf, provisionTenant, replaceTenantNames } from '../tenants/provision-tenant.ts';
import { keyChange, keyOrder, tenantChange, tenantCreate, tenantView, toTenantView } from './wire.ts';
import type { Profile, ProfileChange, Actor } from '../../../durable-objects/tenant/api.ts';

/** Path parameters of a tenant's routes. */
export const tenantId = z.object({ tenant: z.string().min(1).max(64) });
const issuedKey = z.object({ id: z.string(), raw_key: z.string() });
const operator = (requestId: string): Actor => ({ id: 'operator', requestId });

const create = route({
  method: 'POST',
  path: '/admin/v1/tenants',
  summary: 'Create a tenant, with its first keys if asked',
  tag: 'admin',
  auth: { kind: 'operator' },
  body: tenantCreate,
  reply: { status: 201, schema: tenantView.extend({ keys: z.array(issuedKey) }) },
  async handle({ env, body, requestId }) {
    const actor = operator(requestId);
    const profile = await provisionTenant(
      env,
      {
        name: body.name,
        tier: body.tier ?? 'free',
        roles: body.roles ?? ['trader'],
        admission: body.admission ?? 'none',
        walletAddress: body.wallet_address ?? null,
        owner: body.owner ?? null,
        defaultVenue: body.default_venue ?? 'paper',
        flagged: body.flagged ?? false,
        underReview: body.under_review ?? false,
        ...(body.beta_cutoff !== undefined && { betaCutoff: Date.parse(body.beta_cutoff) }),
      },
      actor,
      'new',
    );
    const keys = await issueKeys(env, profile, body.keys, actor);
    return { status: 201, body: { ...toTenantView(profile), keys } };
  },
});

const list = route({
  method: 'GET',
  path: '/admin/v1/tenants',
  summary: 'Ids of tenants, in order',
  tag: 'admin',
  auth: { kind: 'operator' },
  query: z.object({ after: z.string().max(64).optional() }),
  reply: { status: 200, schema: z.object({ tenants: z.array(z.string()) }) },
  async handle({ env, query }) {
    const after = query.after === undefined ? {} : { after: query.after };
    return { body: { tenants: await directory(env, 'global').tenants(after) } };
  },
});

const read = route({
  method: 'GET',
  path: '/admin/v1/tenants/{tenant}',
  summary: 'One tenant',
  tag: 'admin',
  auth: { kind: 'operator' },
  params: tenantId,
  reply: { status: 200, schema: tenantView },
  handle: async ({ env, params }) => ({ body: toTenantView(await profileOf(env, params.tenant)) }),
});

const update = route({
  method: 'PATCH',
  path: '/admin/v1/tenants/{tenant}',
  summary:
    'Set tier, roles, admission, flags, cutoff, wallet address, owner or default venue; reaches every key within 5 s',
  tag: 'admin',
  auth: { kind: 'operator' },
  params: tenantId,
  body: tenantChange,
  reply: { status: 200, schema: tenantView },
  async handle({ env, params, body, requestId }) {
    const before = await profileOf(env, params.tenant);
    const change = await withCutoff(env, before, toChange(body));
    await replaceTenantNames(
      env,
      before.tenant,
      tenantNamesOf(before),
      tenantNamesOf({ ...before, ...change }),
    );
    const after = await tenantObject(env, before.tenant).update(change, operator(requestId));
    if (!after) throw noSuchTenant();
    // Always, not only on a change: a call that was cut short is completed by repeating it.
    await directory(env, 'global').enlist(after.tenant, after.admission);
    return { body: toTenantView(after) };
  },
});

const issueKey = route({
  method: 'POST',
  path: '/admin/v1/tenants/{tenant}/keys',
  summary:
    'Issue a key for a tenant, shown once: with all that its roles open, or with these permissions, which may be credentials:export',
  tag: 'admin',
  auth: { kind: 'operator' },
  params: tenantId,
  body: keyOrder,
  reply: { status: 201, schema: issuedKey },
  async handle({ env, params, body, requestId }) {
    const profile = await profileOf(env, params.tenant);
    const [key] = await issueKeys(env, profile, 1, operator(requestId), body?.permissions);
    return { status: 201, body: key };
  },
});

const setKeyState = route({
  method: 'PATCH',
  path: '/admin/v1/tenants/{tenant}/keys/{id}',
  summary: 'Disable a key (KEY_DEACTIVATED), enable it again, or let it expire (KEY_EXPIRED)',
  tag: 'admin',
  auth: { kind: 'operator' },
  params: tenantId.extend({ id: z.string().min(1).max(64) }),
  body: keyChange,
  reply: {
    status: 200,
    schema: z.object({
      id: z.string(),
      is_active: z.boolean().optional(),
      expires_at: z.string().optional(),
    }),
  },
  async handle({ env, params, body, requestId }) {
    const { tenant } = await profileOf(env, params.tenant);
    const [object, actor] = [tenantObject(env, tenant), operator(requestId)];
    if (body.expires_at !== undefined) {
      const result = await object.setKeyExpiry(params.id, Date.parse(body.expires_at), actor);
      if (!result.ok) throw new RequestError(result);
    }
    if (body.is_active !== undefined) {
      const state = body.is_active ? 'active' : 'deactivated';
      const result = await object.setKeyState(params.id, state, actor);
      if (!result.ok) throw new RequestError(result);
    }
    return { body: { id: params.id, ...body } };
  },
});

/** A tenant that joins the cohort gets the cutoff that holds now, unless the operator names one. */
async function withCutoff(env: Env, before: Profile, change: ProfileChange): Promise<ProfileChange> {
  const joins = change.admission === 'cohort' && before.admission !== 'cohort';
  if (!joins || change.betaCutoff !== undefined) return change;
  const { betaCutoff } = await directory(env, 'global').settings();
  return { ...change, betaCutoff };
}

/** Issues as the operator: admission is the operator's own business, the number of keys is not. */
async function issueKeys(
  env: Env,
  profile: Profile,
  count: number,
  actor: Actor,
  asked?: readonly Permission[],
): Promise<readonly z.infer<typeof issuedKey>[]> {
  // All that the tenant's roles open: a partner's first key can do a partner's work.
  const permissions = asked ?? (profile.tier === 'free' ? [] : [...grantablePermissions(profile.roles)]);
  const rights = permissions.length === 0 ? {} : { permissions };
  const keys: z.infer<typeof issuedKey>[] = [];
  for (let issued = 0; issued < count; issued += 1) {
    const result = await tenantObject(env, profile.tenant).issueKey(rights, { admitted: true }, actor);
    if (!result.ok) throw new RequestError(result);
    keys.push({ id: result.key.id, raw_key: result.rawKey });
  }
  return keys;
}

/** A tenant's profile. Throws NOT_FOUND. */
export async function profileOf(env: Env, tenant: string): Promise<Profile> {
  const known = /^tnt_[0-9A-Za-z]{20}$/.test(tenant);
  const profile = known ? await tenantObject(env, tenant).profile() : undefined;
  if (!profile) throw noSuchTenant();
  return profile;
}

const noSuchTenant = (): RequestError => new RequestError('NOT_FOUND', { message: 'Tenant not found' });

function toChange(body: z.infer<typeof tenantChange>): ProfileChange {
  return {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.tier === undefined ? {} : { tier: body.tier }),
    ...(body.roles === undefined ? {} : { roles: body.roles }),
    ...(body.admission === undefined ? {} : { admission: body.admission }),
    ...(body.flagged === undefined ? {} : { flagged: body.flagged }),
    ...(body.under_review === undefined ? {} : { underReview: body.under_review }),
    ...(body.beta_cutoff === undefined ? {} : { betaCutoff: Date.parse(body.beta_cutoff) }),
    ...(body.wallet_address === undefined ? {} : { walletAddress: body.wallet_address }),
    ...(body.owner === undefined ? {} : { owner: body.owner }),
    ...(body.default_venue === undefined ? {} : { defaultVenue: body.default_venue }),
  };
}

export const tenantRoutes: readonly AnyRoute[] = [create, list, read, update, issueKey, setKeyState];
