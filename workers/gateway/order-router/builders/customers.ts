import * as z from 'zod';
import { tenantObject, type Remote } from '../../../../durable-objects/rpc/stubs.ts';
import type { TenantApi, CustomerFound, CustomerView } from '../../../../durable-objects/tenant/api.ts';
import { RequestError } from '../../../../shared/errors/failure.ts';
import type { Env } from '../../env.ts';
import { customerPrincipal } from '../../auth/customer-principal.ts';
import { storedViews } from '../../credentials/linked-exchanges.ts';
import { vaultAccess } from '../../credentials/vault-access.ts';
import { clobVenue } from '../../credentials/clob-venue.ts';
import { actorOf } from '../../context/actor.ts';
import { tenantPrincipalOf } from '../../context/caller.ts';
import { route, type AnyRoute, type Call, type Caller } from '../../http/route.ts';
import {
  customerChange,
  customerInput,
  customerParams,
  customerView,
  toCustomerView,
} from './customer-wire.ts';
import { customerCursorOf, MAX_CURSOR_LENGTH, customerPlaceOf } from './customer-cursor.ts';

/** Customers of one page, if the request names no number, and at most (contract: router, "Builders"). */
const PAGE = 50;
const MAX_PAGE = 100;

const create = route({
  method: 'POST',
  path: '/api/v1/builder/users',
  summary:
    'The customer with this external_id: 201 when new, with its raw API key, shown once; 200 when it exists',
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  body: customerInput,
  reply: { status: 201, schema: customerView },
  async handle({ env, caller, body, requestId }) {
    const created = await builderOf(env, caller).createCustomer(
      {
        externalId: body.external_id,
        ...(body.email === undefined ? {} : { email: body.email }),
        ...(body.qps_limit === undefined ? {} : { qpsLimit: body.qps_limit }),
      },
      actorOf(caller, requestId),
    );
    if (!created.ok) throw new RequestError(created);
    const { customer, rawKey } = created;
    // A new account has nothing in the vault yet.
    if (rawKey !== undefined) {
      const escrow = await builderOf(env, caller).escrowTerms();
      return { status: 201, body: toCustomerView(customer, { views: [], chainId: 0, escrow }, rawKey) };
    }
    return { body: await viewOf({ env, caller, requestId }, customer) };
  },
});

const list = route({
  method: 'GET',
  path: '/api/v1/builder/users',
  summary: 'Customers, oldest first',
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
    cursor: z.string().max(MAX_CURSOR_LENGTH).optional(),
  }),
  reply: {
    status: 200,
    schema: z.object({ users: z.array(customerView), count: z.number(), next_cursor: z.string().optional() }),
  },
  async handle({ env, caller, query, requestId }) {
    const page = await builderOf(env, caller).listCustomers(customerPlaceOf(query.cursor), query.limit);
    if (!page.ok) throw new RequestError(page);
    return {
      body: {
        users: await Promise.all(
          page.customers.map((customer) => viewOf({ env, caller, requestId }, customer)),
        ),
        count: page.customers.length,
        ...(page.next !== undefined && { next_cursor: customerCursorOf(page.next) }),
      },
    };
  },
});

const read = route({
  method: 'GET',
  path: '/api/v1/builder/users/{customer_id}',
  summary: 'One customer',
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  params: customerParams,
  reply: { status: 200, schema: customerView },
  async handle({ env, caller, params, requestId }) {
    const found = await builderOf(env, caller).customer(params.customer_id);
    return shown({ env, caller, requestId }, found);
  },
});

const update = route({
  method: 'PATCH',
  path: '/api/v1/builder/users/{customer_id}',
  summary: "Change a customer's qps_limit, and nothing else; it holds from the next request on",
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  params: customerParams,
  body: customerChange,
  reply: { status: 200, schema: customerView },
  async handle({ env, caller, params, body, requestId }) {
    const actor = actorOf(caller, requestId);
    const { customer_id: id } = params;
    const changed = await builderOf(env, caller).setCustomerQpsLimit(id, body.qps_limit, actor);
    return shown({ env, caller, requestId }, changed);
  },
});

const remove = route({
  method: 'DELETE',
  path: '/api/v1/builder/users/{customer_id}',
  summary: 'Delete a customer for good: its keys are refused from the next request on',
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  params: customerParams,
  reply: { status: 204, schema: z.null() },
  async handle({ env, caller, params, requestId }) {
    const actor = actorOf(caller, requestId);
    const removed = await builderOf(env, caller).removeCustomer(params.customer_id, actor);
    if (!removed.ok) throw new RequestError(removed);
    return new Response(null, { status: 204 });
  },
});

const issueKey = route({
  method: 'POST',
  path: '/api/v1/builder/users/{customer_id}/keys',
  summary: "A new API key of a customer's own, shown once; earlier ones expire in 24 hours, or now if asked",
  tag: 'builders',
  auth: { kind: 'router', permission: 'builder' },
  params: customerParams,
  body: z
    .strictObject({
      name: z.string().trim().min(1).max(100).optional(),
      revoke_previous: z.boolean().optional(),
    })
    .optional(),
  reply: {
    status: 201,
    schema: z.object({
      id: z.string(),
      customer_id: z.string(),
      api_key: z.string(),
      key_prefix: z.string(),
      name: z.string().nullable(),
      permissions: z.array(z.string()),
      created_at: z.string(),
    }),
  },
  async handle({ env, caller, params, body, requestId }) {
    const request = {
      ...(body?.name === undefined ? {} : { name: body.name }),
      revokePrevious: body?.revoke_previous === true,
    };
    const actor = actorOf(caller, requestId);
    const issued = await builderOf(env, caller).issueCustomerKey(params.customer_id, request, actor);
    if (!issued.ok) throw new RequestError(issued);
    const { key, rawKey } = issued;
    return {
      status: 201,
      body: {
        id: key.id,
        customer_id: params.customer_id,
        api_key: rawKey,
        key_prefix: key.prefix,
        name: key.name,
        permissions: [...key.permissions],
        created_at: new Date(key.createdAt).toISOString(),
      },
    };
  },
});

const builderOf = (env: Env, caller: Caller): Remote<TenantApi> =>
  tenantObject(env, tenantPrincipalOf(caller).tenant);

type BuilderCall = Pick<Call<unknown, unknown, unknown>, 'env' | 'caller' | 'requestId'>;
type View = z.infer<typeof customerView>;

/** A customer with what the vault knows of its account. */
async function viewOf({ env, caller, requestId }: BuilderCall, customer: CustomerView): Promise<View> {
  const principal = customerPrincipal(tenantPrincipalOf(caller), customer.id);
  const [views, escrow] = await Promise.all([
    storedViews(vaultAccess(env, principal, requestId)),
    builderOf(env, caller).escrowTerms(),
  ]);
  return toCustomerView(customer, { views, chainId: clobVenue(env).chainId, escrow });
}

async function shown(asking: BuilderCall, found: CustomerFound): Promise<{ readonly body: View }> {
  if (!found.ok) throw new RequestError(found);
  return { body: await viewOf(asking, found.customer) };
}

export const builderUserRoutes: readonly AnyRoute[] = [create, list, read, update, remove, issueKey];
