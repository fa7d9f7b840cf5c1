import * as z from 'zod';
import { sessionModes, sessionVenues } from '../../../durable-objects/agent-session/model.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { balance, envelope, position, sessionView } from './wire.ts';

const reads = { kind: 'key', permission: 'read' } as const;
const trades = { kind: 'key', permission: 'trade' } as const;

/** Longer than any number of ours. What is no number names nothing: 404. */
const params = z.object({ id: z.string().min(1).max(64) });

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
  handle() {
    throw new RequestError('NOT_SUPPORTED');
  },
});

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
  handle() {
    throw new RequestError('NOT_SUPPORTED');
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
    handle() {
      throw new RequestError('NOT_SUPPORTED');
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
  handle() {
    throw new RequestError('NOT_SUPPORTED');
  },
});

export const sessionRoutes: readonly AnyRoute[] = [
  create,
  read,
  change('start', 'Let a session trade that is created or paused'),
  change('pause', 'Let a running session trade no more, until it is started again'),
  change('stop', "End a session for good: what it held is the account's own again"),
  run,
];
