import * as z from 'zod';
import { keyGate, tenantObject } from '../../../../durable-objects/rpc/stubs.ts';
import { now } from '../../../../shared/clock.ts';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../../shared/keys/digest.ts';
import { billingPeriod, monthOf } from '../../../../shared/limits/billing-period.ts';
import { tierNames, tiers } from '../../../../shared/limits/tiers.ts';
import { findRouterCredential } from '../../auth/find-credential.ts';
import { principalOf } from '../../context/caller.ts';
import { route, type AnyRoute, type Call } from '../../http/route.ts';
import { websocketLimits, websocketUsage } from './websocket-usage.ts';

/** In limits, 0 is no limit. */
const usageView = z.object({
  tier: z.enum(tierNames),
  /** Unix seconds: the calendar month in UTC. */
  billing_period_start: z.number(),
  billing_period_end: z.number(),
  limits: z.object({
    monthly_requests: z.number(),
    rest_qps: z.number(),
    rest_qps_burst: z.number(),
    ws_max_subscriptions: z.number(),
    ws_max_depth: z.number(),
    history_max_age_days: z.number(),
  }),
  usage: z.object({
    /** Of all keys of the tenant; of a customer, its own keys. Those of other keys may be a minute late. */
    monthly_requests: z.number(),
    /** Of the account, on `/ws`. */
    ws_active_connections: z.number(),
    ws_active_subscriptions: z.number(),
  }),
});

const usage = route({
  method: 'GET',
  path: '/api/v1/usage',
  summary: "Tier, limits and what was used of them this month: the tenant's, or the customer's",
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  reply: { status: 200, schema: usageView },
  async handle(call) {
    const { tier, tenant, customer, account } = principalOf(call.caller);
    const at = now();
    const { start, end } = billingPeriod(at);
    await report(call);
    const object = tenantObject(call.env, tenant);
    const limits = websocketLimits(tier);
    const [use, requests, qps] = await Promise.all([
      websocketUsage(call.env, account),
      object.requestsIn(monthOf(at), customer),
      customer === undefined ? tiers[tier].requestsPerSecond : qpsOf(call, tenant, customer),
    ]);
    const body: z.infer<typeof usageView> = {
      tier,
      billing_period_start: start,
      billing_period_end: end,
      limits: {
        monthly_requests: 0,
        rest_qps: qps,
        // The window is exact: no second has more.
        rest_qps_burst: qps,
        ws_max_subscriptions: limits.subscriptions,
        ws_max_depth: limits.depth,
        history_max_age_days: 0,
      },
      usage: {
        monthly_requests: requests,
        ws_active_connections: use.totals.active_connections,
        ws_active_subscriptions: use.totals.active_subscriptions,
      },
    };
    return { body };
  },
});

const count = z.number();
const socketUsage = route({
  method: 'GET',
  path: '/api/v1/ws/usage',
  summary: 'Sockets of the account on /ws, and what went over them',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  query: z.strictObject({
    scope: z.enum(['self', 'global']).default('self'),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  reply: {
    status: 200,
    schema: z.object({
      scope: z.literal('self'),
      updated_at_ms: z.number(),
      totals: z.object({
        active_connections: count,
        active_subscriptions: count,
        connections_opened_total: count,
        connections_closed_total: count,
        auth_failures_total: count,
        subscribe_requests_total: count,
        unsubscribe_requests_total: count,
        messages_sent_total: count,
        bytes_sent_total: count,
      }),
      customers: z.array(z.unknown()),
      top_markets: z.array(z.object({ parsec_id: z.string(), subscriptions_total: count })),
    }),
  },
  async handle(call) {
    const { scope, limit } = call.query;
    if (scope === 'global') {
      throw new RequestError('INSUFFICIENT_PERMISSION', {
        message: 'scope: an account sees its own use: self',
      });
    }
    const { totals, markets } = await websocketUsage(call.env, principalOf(call.caller).account);
    const top = markets.slice(0, limit);
    return { body: { scope, updated_at_ms: now(), totals, customers: [], top_markets: top } };
  },
});

type Asked = Pick<Call<unknown, unknown, unknown>, 'env' | 'request'>;

/** Has the key's object report what it has counted, so that the request that asks is among it. */
async function report({ env, request }: Asked): Promise<void> {
  const credential = findRouterCredential(request.headers);
  if (credential.kind !== 'key') throw new RequestError('MISSING_API_KEY');
  await keyGate(env, await sha256Hex(credential.key)).reportUsage();
}

async function qpsOf({ env }: Asked, tenant: string, customer: string): Promise<number> {
  const found = await tenantObject(env, tenant).customer(customer);
  if (!found.ok) throw new RequestError(found);
  return found.customer.qpsLimit;
}

export const usageRoutes: readonly AnyRoute[] = [usage, socketUsage];
