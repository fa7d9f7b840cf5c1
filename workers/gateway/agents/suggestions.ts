import * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import { sessionHeader } from '../http/request-headers.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { envelope, orderData, redeemData, suggestionView } from './wire.ts';

const shared = { tag: 'agents', headers: [sessionHeader] } as const;
const reads = { kind: 'key', permission: 'read' } as const;
const trades = { kind: 'key', permission: 'trade' } as const;

/** Longer than any number of ours. What is no number names nothing: 404. */
const params = z.object({ id: z.string().min(1).max(64) });

const list = route({
  ...shared,
  method: 'GET',
  path: '/v1/sessions/suggestions',
  summary: "The session's suggestions, newest first: those that wait for an answer, or all",
  auth: reads,
  query: z.object({
    status: z.enum(['open', 'all']).default('open'),
    limit: z.coerce.number().int().min(1).max(100).default(50),
    cursor: z.string().max(64).optional(),
  }),
  reply: {
    status: 200,
    schema: envelope(z.object({ suggestions: z.array(suggestionView), nextCursor: z.string().nullable() })),
  },
  handle() {
    throw new RequestError('NOT_SUPPORTED');
  },
});

const clear = route({
  ...shared,
  method: 'DELETE',
  path: '/v1/sessions/suggestions',
  summary: 'Clear the suggestions of the session that nobody has approved',
  auth: reads,
  reply: { status: 200, schema: envelope(z.object({ cleared: z.number().int() })) },
  handle() {
    throw new RequestError('NOT_SUPPORTED');
  },
});

const approve = route({
  ...shared,
  method: 'POST',
  path: '/v1/sessions/suggestions/{id}/approve',
  summary: 'Execute a suggestion, once, at the price now, within its original worst price',
  auth: trades,
  params,
  reply: {
    status: 200,
    schema: envelope(
      z.object({
        suggestionId: z.number().int(),
        status: z.literal('executed'),
        result: z.union([orderData, redeemData]),
      }),
    ),
  },
  handle() {
    throw new RequestError('NOT_SUPPORTED');
  },
});

const reject = route({
  ...shared,
  method: 'POST',
  path: '/v1/sessions/suggestions/{id}/reject',
  summary: 'Reject a suggestion: it can never be executed',
  auth: trades,
  params,
  reply: {
    status: 200,
    schema: envelope(z.object({ suggestionId: z.number().int(), status: z.literal('rejected') })),
  },
  handle() {
    throw new RequestError('NOT_SUPPORTED');
  },
});

export const suggestionRoutes: readonly AnyRoute[] = [list, clear, approve, reject];
