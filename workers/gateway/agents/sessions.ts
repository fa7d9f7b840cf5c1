import * as z from 'zod';
import { SESSION_NUMBER, sessionModes, sessionVenues } from '../../../shared/agents/session-model.ts';
import { agentSession, tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { now } from '../../../shared/clock.ts';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import { formatMicro, parseMicro, type Micro } from '../../../shared/money/fixed.ts';
import { actorOf } from '../context/actor.ts';
import { principalOf } from '../context/caller.ts';
import { route, type AnyRoute, type Call } from '../http/route.ts';
import { valueOrThrow, commandValueOrThrow, sessionCaller, sessionNamed } from './session-call.ts';
import { toBalances, toPortfolio, toSession } from './views.ts';
import { balance, envelope, position, sessionView, succeeded } from './wire.ts';
import type { SessionVenue } from '../../../durable-objects/agent-session/api.ts';

const reads = { kind: 'key', permission: 'read' } as const;
const trades = { kind: 'key', permission: 'trade' } as const;

/** Longer than any number of ours. What is no number names nothing: 404. */
const params = z.object({ id: z.string().min(1).max(64) });

/** Each is asked for its state: as many as one request may ask side by side. */
const MOST_LISTED = 20;

const create = route({
  method: 'POST',
  path: '/v1/sessions',
  summary: "Open a session for an agent: a part of the account's money that it may trade with",
  tag: 'agents',
  auth: trades,
  body: z.strictObject({
    mode: z.enum(sessionModes),
    allocation_usd: z.union([z.number().positive().max(1_000_000_000), z.string().max(32)]),
    venue: z.enum(sessionVenues).optional(),
  }),
  reply: { status: 201, schema: envelope(sessionView) },
  async handle(call) {
    const { mode, allocation_usd: allocation, venue } = call.body;
    const amount = amountOf(allocation);
    const caller = sessionCaller(call);
    const { tenant, account } = caller;
    const tenantsOwn = tenantObject(call.env, tenant);
    const id = await tenantsOwn.nextAgentSession(account, actorOf(call.caller, call.requestId));
    const record = {
      id,
      tenant,
      account,
      mode,
      venue: venue ?? defaultVenue(call),
      allocation: amount,
      run: 1,
      status: 'created' as const,
      createdAt: now(),
    };
    return succeeded(
      toSession(await commandValueOrThrow(agentSession(call.env, tenant, id).open(record, caller))),
      201,
    );
  },
});

const list = route({
  method: 'GET',
  path: '/v1/sessions',
  summary: "The account's sessions, newest first",
  tag: 'agents',
  auth: reads,
  query: z.object({
    limit: z.coerce.number().int().min(1).max(MOST_LISTED).default(MOST_LISTED),
    cursor: z.string().max(64).optional(),
  }),
  reply: {
    status: 200,
    schema: envelope(z.object({ sessions: z.array(sessionView), nextCursor: z.string().nullable() })),
  },
  async handle(call) {
    const { limit, cursor } = call.query;
    const { tenant, account } = sessionCaller(call);
    const ids = await tenantObject(call.env, tenant).agentSessions(account, placeOf(cursor), limit);
    const found = await Promise.all(
      ids.map((id) => {
        const { session, caller } = sessionNamed(call, String(id));
        return session.view(caller);
      }),
    );
    const last = ids.length < limit ? undefined : ids.at(-1);
    return succeeded({
      // A number whose session was refused its money names none.
      sessions: found.flatMap((one) => (one.ok ? [toSession(one.value)] : [])),
      nextCursor: last === undefined ? null : String(last),
    });
  },
});

function placeOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (!SESSION_NUMBER.test(cursor)) throw new RequestError('INVALID_CURSOR');
  return Number(cursor);
}

const read = route({
  method: 'GET',
  path: '/v1/sessions/{id}',
  summary: 'A session: its state, and what is left of its allocation',
  tag: 'agents',
  auth: reads,
  params,
  reply: {
    status: 200,
    schema: envelope(
      sessionView.extend({
        venue: z.enum(sessionVenues),
        allocation_usd: z.string(),
        balances: z.array(balance),
        created_at: z.string(),
      }),
    ),
  },
  async handle(call) {
    const { session, caller } = sessionNamed(call, call.params.id);
    const record = await valueOrThrow(session.view(caller));
    const { venue, allocation, createdAt } = record;
    return succeeded({
      ...toSession(record),
      venue,
      allocation_usd: formatMicro(allocation),
      balances: toBalances(await valueOrThrow(session.cash(caller))),
      created_at: new Date(createdAt).toISOString(),
    });
  },
});

const change = (verb: 'start' | 'pause' | 'stop', summary: string): AnyRoute =>
  route({
    method: 'POST',
    path: `/v1/sessions/{id}/${verb}`,
    summary,
    tag: 'agents',
    auth: trades,
    params,
    reply: { status: 200, schema: envelope(sessionView) },
    async handle(call) {
      const { session, caller } = sessionNamed(call, call.params.id);
      return succeeded(toSession(await commandValueOrThrow(session.change(verb, caller))));
    },
  });

const run = route({
  method: 'POST',
  path: '/v1/sessions/{id}/runs',
  summary: 'Begin the next run: clears suggestions that nobody has approved, and shows what the session has',
  tag: 'agents',
  auth: reads,
  params,
  reply: {
    status: 201,
    schema: envelope(
      sessionView.extend({
        cleared: z.number().int(),
        totalValue: z.number(),
        positions: z.array(position),
        balances: z.array(balance),
      }),
    ),
  },
  async handle(call) {
    const { session, caller } = sessionNamed(call, call.params.id);
    const begun = await commandValueOrThrow(session.nextRun(caller));
    const data = { ...toSession(begun.session), cleared: begun.cleared, ...toPortfolio(begun.portfolio) };
    return succeeded(data, 201);
  },
});

/** Keys that begin `pst_test_` try things out; others trade where their tenant does. */
function defaultVenue({ env, caller }: Call<unknown, unknown, unknown>): SessionVenue {
  return env.KEY_MODE === 'live' ? (principalOf(caller).defaultVenue ?? 'paper') : 'paper';
}

function amountOf(allocation: number | string): Micro {
  const amount = parseMicro(String(allocation));
  if (amount !== undefined && amount > 0n) return amount;
  throw new RequestError(
    invalidMember('allocation_usd', 'must be an amount above 0 with at most 6 decimals'),
  );
}

export const sessionRoutes: readonly AnyRoute[] = [
  create,
  list,
  read,
  change('start', 'Let a session trade that is created or paused'),
  change('pause', 'Let a running session trade no more, until it is started again'),
  change('stop', "End a session for good: what it held is the account's own again"),
  run,
];
