import * as z from 'zod';
import { tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import type { Principal } from '../../../shared/keys/principal.ts';
import { tradedVenues } from '../../../shared/venues/venue-names.ts';
import { actorOf } from '../context/actor.ts';
import { tenantPrincipalOf } from '../context/caller.ts';
import { route } from '../http/route.ts';
import type { Profile } from '../../../durable-objects/tenant/api.ts';

const meView = z.object({
  tenant: z.string(),
  name: z.string(),
  account: z.string(),
  tier: z.string(),
  admission: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(z.string()),
  default_venue: z.string(),
});

export const me = route({
  method: 'GET',
  path: '/v1/me',
  summary: 'Who the credential acts as, and what it may do',
  tag: 'account',
  auth: { kind: 'either' },
  reply: {
    status: 200,
    schema: meView,
  },
  async handle({ env, caller }) {
    const principal = tenantPrincipalOf(caller);
    return { body: toMeView(principal, await tenantObject(env, principal.tenant).profile()) };
  },
});

/** Whoever may trade may say where: each order could name its venue anyway. */
export const changeMe = route({
  method: 'PATCH',
  path: '/v1/me',
  summary: 'Choose where /v1 trades unless a request says otherwise; reaches every key within 5 s',
  tag: 'account',
  auth: { kind: 'either', permission: 'trade' },
  body: z.strictObject({ default_venue: z.enum(tradedVenues) }),
  reply: { status: 200, schema: meView },
  async handle({ env, caller, body, requestId }) {
    const principal = tenantPrincipalOf(caller);
    const change = { defaultVenue: body.default_venue };
    const changed = await tenantObject(env, principal.tenant).update(change, actorOf(caller, requestId));
    return { body: toMeView(principal, changed) };
  },
});

function toMeView(principal: Principal, profile: Profile | undefined): z.infer<typeof meView> {
  if (!profile) throw new RequestError('ACCESS_RESTRICTED');
  return {
    tenant: profile.tenant,
    name: profile.name,
    account: principal.account,
    // Of the credential, which may be less than the tenant's.
    tier: principal.tier,
    permissions: [...principal.permissions],
    admission: profile.admission,
    roles: [...profile.roles],
    default_venue: profile.defaultVenue,
  };
}
