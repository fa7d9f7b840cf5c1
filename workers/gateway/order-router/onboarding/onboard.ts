import * as z from 'zod';
import { tenantObject } from '../../../../durable-objects/rpc/stubs.ts';
import { RequestError } from '../../../../shared/errors/failure.ts';
import type { Principal } from '../../../../shared/keys/principal.ts';
import type { Found } from '../../../../shared/venues/port.ts';
import { linkedExchanges, storedViews, walletOf } from '../../credentials/linked-exchanges.ts';
import { onboardManaged } from '../../credentials/onboard-managed.ts';
import { onboardKalshi, onboardPolymarket } from '../../credentials/onboard-self.ts';
import type { Onboarded } from '../../credentials/onboarding.ts';
import { askVault, vaultAccess, type VaultAccess } from '../../credentials/vault-access.ts';
import { clobVenue } from '../../credentials/clob-venue.ts';
import { customerId, customerPrincipal } from '../../auth/customer-principal.ts';
import type { Env } from '../../env.ts';
import { principalOf, tenantPrincipalOf } from '../../context/caller.ts';
import { route, type AnyRoute } from '../../http/route.ts';
import { exchangeQuery } from '../exchange-query.ts';
import {
  linkable,
  onboardInput,
  onboardMembers,
  onboardReply,
  planOf,
  type OnboardInput,
  type Plan,
} from './onboard-wire.ts';

const onboard = route({
  method: 'POST',
  path: '/api/v1/onboard',
  summary:
    'Link an exchange: checked there before anything is stored; said again, it goes on or changes nothing',
  tag: 'router',
  auth: { kind: 'router', permission: 'credentials' },
  body: onboardInput,
  reply: { status: 200, schema: onboardReply },
  async handle({ env, caller, body, requestId }) {
    return { body: await linked(env, vaultAccess(env, principalOf(caller), requestId), body) };
  },
});

const unlink = route({
  method: 'DELETE',
  path: '/api/v1/onboard',
  summary: 'Destroy the credentials of an exchange; a managed wallet goes with its key, for good',
  tag: 'router',
  auth: { kind: 'router', permission: 'credentials' },
  query: exchangeQuery,
  reply: { status: 204, schema: z.null() },
  async handle({ env, caller, query, requestId }) {
    const venue = linkable(query);
    const { vault, call } = vaultAccess(env, principalOf(caller), requestId);
    const removed = await askVault(venue, vault.remove({ ...call, venue }));
    if (!removed.ok) throw new RequestError(removed);
    return new Response(null, { status: 204 });
  },
});

const builderOnboard = route({
  method: 'POST',
  path: '/api/v1/builder/onboard',
  summary: 'Link an exchange for a customer',
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  body: z.strictObject({ customer_id: z.string().max(8_192).transform(customerId), ...onboardMembers }),
  reply: { status: 200, schema: onboardReply.extend({ customer_id: z.string() }) },
  async handle({ env, caller, body, requestId }) {
    const { customer_id, ...input } = body;
    const principal = await asCustomerOf(env, tenantPrincipalOf(caller), customer_id);
    return { body: { customer_id, ...(await linked(env, vaultAccess(env, principal, requestId), input)) } };
  },
});

/** The builder's key, for a customer's account. */
async function asCustomerOf(env: Env, principal: Principal, customer: string): Promise<Principal> {
  if (!principal.permissions.includes('credentials')) {
    throw new RequestError('INSUFFICIENT_PERMISSION', {
      message: 'API key missing required permission: credentials',
    });
  }
  const found = await tenantObject(env, principal.tenant).customer(customer);
  if (!found.ok) throw new RequestError(found);
  return customerPrincipal(principal, customer);
}

async function linked(
  env: Env,
  access: VaultAccess,
  input: OnboardInput,
): Promise<z.infer<typeof onboardReply>> {
  const venue = clobVenue(env);
  const plan = planOf(input, venue.chainId);
  const result = await follow(env, access, plan);
  if (!result.ok) throw new RequestError(result);
  const views = await storedViews(access);
  const wallet = plan.exchange === 'polymarket' ? walletOf(views, venue.chainId) : undefined;
  return {
    exchange: plan.exchange,
    mode: plan.mode,
    status: result.value.status,
    eoa_address: wallet?.eoa_address ?? null,
    safe_address: wallet?.safe_address ?? null,
    linked_exchanges: linkedExchanges(views),
    steps_completed: [...result.value.steps],
  };
}

function follow(env: Env, access: VaultAccess, plan: Plan): Promise<Found<Onboarded>> {
  if (plan.mode === 'managed') return onboardManaged(access, clobVenue(env), plan.kind);
  const { given } = plan;
  switch (given.venue) {
    case 'kalshi':
      return onboardKalshi(access, env.KALSHI_URL, given);
    case 'polymarket':
      return onboardPolymarket(access, clobVenue(env), given);
    default:
      return given satisfies never;
  }
}

export const onboardRoutes: readonly AnyRoute[] = [onboard, unlink, builderOnboard];
