import { directory, tenantObject, type Remote } from '../../../durable-objects/rpc/stubs.ts';
import * as z from 'zod';
import type { TenantApi, KeyIssued, KeyView, KeyRequest } from '../../../durable-objects/tenant/api.ts';
import { now } from '../../../shared/clock.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { permissions } from '../../../shared/keys/permissions.ts';
import { bootstrapRules, tierNames, tiers } from '../../../shared/limits/tiers.ts';
import { countIn, admissionUnavailable } from '../auth/rate-limit.ts';
import type { Env } from '../env.ts';
import { actorOf } from '../context/actor.ts';
import { tenantPrincipalOf } from '../context/caller.ts';
import { route, type AnyRoute, type Caller } from '../http/route.ts';
import { provisionTenant } from '../tenants/provision-tenant.ts';

const name = z.string().trim().min(1).max(100);
const keyRequest = z.strictObject({
  name: name.optional(),
  tier: z.enum(tierNames).optional(),
  permissions: z.array(z.enum(permissions)).max(permissions.length).optional(),
});

const created = z.object({
  id: z.string(),
  raw_key: z.string(),
  key_prefix: z.string(),
  name: z.string().nullable(),
  rate_limit_tier: z.string(),
  permissions: z.array(z.string()),
  created_at: z.string(),
});
const row = created.omit({ raw_key: true }).extend({
  is_active: z.boolean(),
  last_used_at: z.string().nullable(),
  expires_at: z.string().nullable(),
});
const keyId = z.object({ id: z.string().min(1).max(64) });

const create = route({
  method: 'POST',
  path: '/v1/keys',
  summary: 'Issue an API key; the raw key is shown once',
  tag: 'keys',
  auth: { kind: 'either', issuance: true },
  body: keyRequest.optional(),
  reply: { status: 201, schema: created },
  async handle({ env, caller, body, requestId }) {
    return { status: 201, body: await issue(env, caller, toKeyRequest(body), false, requestId) };
  },
});

const bootstrap = route({
  method: 'POST',
  path: '/v1/keys/bootstrap',
  summary: 'Issue the first API key of a tenant by a user token',
  tag: 'keys',
  auth: { kind: 'token' },
  body: keyRequest.optional(),
  reply: { status: 201, schema: created },
  async handle({ env, caller, body, requestId }) {
    if (!(await countIn(env, `bootstrap:${caller.address}`, bootstrapRules))) throw admissionUnavailable();
    return { status: 201, body: await issue(env, caller, toKeyRequest(body), true, requestId) };
  },
});

const list = route({
  method: 'GET',
  path: '/v1/keys',
  summary: 'Keys of the tenant',
  tag: 'keys',
  auth: { kind: 'either' },
  reply: { status: 200, schema: z.array(row) },
  async handle({ env, caller }) {
    const keys = await tenantOf(env, caller).listKeys();
    return { body: keys.map(toRow) };
  },
});

const tierList = route({
  method: 'GET',
  path: '/v1/keys/tiers',
  summary: 'Limits of every tier',
  tag: 'keys',
  auth: { kind: 'public' },
  reply: {
    status: 200,
    schema: z.array(
      z.object({
        tier: z.string(),
        requests_per_second: z.number(),
        requests_per_minute: z.number(),
        max_ws_connections: z.number(),
        max_batch_size: z.number(),
      }),
    ),
  },
  handle: () => ({
    body: tierNames.map((tier) => ({
      tier,
      requests_per_second: tiers[tier].requestsPerSecond,
      requests_per_minute: tiers[tier].requestsPerMinute,
      max_ws_connections: tiers[tier].maxWsConnections,
      max_batch_size: tiers[tier].maxBatchSize,
    })),
  }),
});

const rename = route({
  method: 'PATCH',
  path: '/v1/keys/{id}',
  summary: 'Rename a key',
  tag: 'keys',
  auth: { kind: 'either' },
  params: keyId,
  body: z.strictObject({ name }),
  reply: { status: 200, schema: row },
  async handle({ env, caller, params, body, requestId }) {
    const result = await tenantOf(env, caller).renameKey(params.id, body.name, actorOf(caller, requestId));
    if (!result.ok) throw new RequestError(result);
    return { body: toRow(result.key) };
  },
});

const rotate = route({
  method: 'POST',
  path: '/v1/keys/{id}/rotate',
  summary: 'Issue a successor; the old key expires in 24 hours',
  tag: 'keys',
  auth: { kind: 'either' },
  params: keyId,
  reply: { status: 201, schema: created },
  async handle({ env, caller, params, requestId }) {
    const { permissions: held } = tenantPrincipalOf(caller);
    const issued = await tenantOf(env, caller).rotateKey(params.id, held, actorOf(caller, requestId));
    return { status: 201, body: toCreated(issued) };
  },
});

const revoke = route({
  method: 'DELETE',
  path: '/v1/keys/{id}',
  summary: 'Revoke a key for good, effective on the next request',
  tag: 'keys',
  auth: { kind: 'either' },
  params: keyId,
  reply: { status: 200, schema: z.object({ message: z.string() }) },
  async handle({ env, caller, params, requestId }) {
    const result = await tenantOf(env, caller).revokeKey(params.id, actorOf(caller, requestId));
    if (!result.ok) throw new RequestError(result);
    return { body: { message: 'Key revoked successfully' } };
  },
});

async function issue(
  env: Env,
  caller: Caller,
  request: KeyRequest,
  first: boolean,
  requestId: string,
): Promise<z.infer<typeof created>> {
  const { selfServe } = await directory(env, 'global').settings();
  const tenant =
    caller.newOwner === undefined
      ? tenantPrincipalOf(caller).tenant
      : await enrol(env, caller.newOwner, selfServe, requestId);
  const options = { selfServe, bootstrap: first };
  return toCreated(await tenantObject(env, tenant).issueKey(request, options, actorOf(caller, requestId)));
}

/** A user token whose owner nobody knows yet: a free tenant while issuance is open, CLOSED_BETA otherwise. */
async function enrol(env: Env, owner: string, selfServe: boolean, requestId: string): Promise<string> {
  if (!selfServe) throw new RequestError('CLOSED_BETA');
  const profile = await provisionTenant(
    env,
    { name: owner, tier: 'free', roles: ['trader'], admission: 'self_serve', walletAddress: null, owner },
    { id: 'jwt', requestId },
  );
  return profile.tenant;
}

const tenantOf = (env: Env, caller: Caller): Remote<TenantApi> =>
  tenantObject(env, tenantPrincipalOf(caller).tenant);

function toKeyRequest(body: z.infer<typeof keyRequest> | undefined): KeyRequest {
  return {
    ...(body?.name === undefined ? {} : { name: body.name }),
    ...(body?.tier === undefined ? {} : { tier: body.tier }),
    ...(body?.permissions === undefined ? {} : { permissions: body.permissions }),
  };
}

function toCreated(issued: KeyIssued): z.infer<typeof created> {
  if (!issued.ok) throw new RequestError(issued);
  const { is_active: _a, last_used_at: _l, expires_at: _e, ...base } = toRow(issued.key);
  return { ...base, raw_key: issued.rawKey };
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

function toRow(key: KeyView): z.infer<typeof row> {
  return {
    id: key.id,
    key_prefix: key.prefix,
    name: key.name,
    rate_limit_tier: key.tier,
    permissions: [...key.permissions],
    is_active: key.state === 'active' && (key.expiresAt === null || key.expiresAt > now()),
    created_at: new Date(key.createdAt).toISOString(),
    last_used_at: iso(key.lastUsedAt),
    expires_at: iso(key.expiresAt),
  };
}

export const keyRoutes: readonly AnyRoute[] = [create, bootstrap, list, tierList, rename, rotate, revoke];
