import * as z from 'zod';
import { tenantObject } from '../../../durable-objects/stubs.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { tenantPrincipalOf } from '../http/objects.ts';
import { route } from '../http/route.ts';

export const me = route({
  method: 'GET',
  path: '/v1/me',
  summary: 'Who the credential acts as, and what it may do',
  tag: 'account',
  auth: { kind: 'either' },
  reply: {
    status: 200,
    schema: z.object({
      tenant: z.string(),
      name: z.string(),
      account: z.string(),
      tier: z.string(),
      admission: z.string(),
      roles: z.array(z.string()),
      permissions: z.array(z.string()),
    }),
  },
  async handle({ env, caller }) {
    const principal = tenantPrincipalOf(caller);
    const profile = await tenantObject(env, principal.tenant).profile();
    if (!profile) throw new RequestError('ACCESS_RESTRICTED');
    return {
      body: {
        tenant: profile.tenant,
        name: profile.name,
        account: principal.account,
        // Of the credential, which may be less than the tenant's.
        tier: principal.tier,
        permissions: [...principal.permissions],
        admission: profile.admission,
        roles: [...profile.roles],
      },
    };
  },
});
