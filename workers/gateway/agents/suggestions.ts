import * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import { sessionHeader } from '../http/request-headers.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { valueOrThrow, commandValueOrThrow, sessionOf } from './session-call.ts';
import { toOrderData, toRedeemData, toSuggestion } from './views.ts';
import { envelope, orderData, redeemData, succeeded, suggestionView } from './wire.ts';

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
  async handle(call) {
    const { status, limit, cursor } = call.query;
    const { session, caller } = sessionOf(call);
    const before = cursor === undefined ? undefined : numberOf(cursor, 'INVALID_CURSOR');
    const query = { all: status === 'all', before, limit };
    const rows = await valueOrThrow(session.suggestions(query, caller));
    const last = rows.length < limit ? undefined : rows.at(-1);
    return succeeded({
      suggestions: rows.map(toSuggestion),
      nextCursor: last === undefined ? null : String(last.id),
    });
  },
});

const clear = route({
  ...shared,
  method: 'DELETE',
  path: '/v1/sessions/suggestions',
  summary: 'Clear the suggestions of the session that nobody has approved',
  auth: reads,
  reply: { status: 200, schema: envelope(z.object({ cleared: z.number().int() })) },
  async handle(call) {
    const { session, caller } = sessionOf(call);
    return succeeded({ cleared: await commandValueOrThrow(session.clearSuggestions(caller)) });
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
        /** `open`: nothing could be redeemed yet, and it may be approved again. */
        status: z.enum(['executed', 'open']),
        result: z.union([orderData, redeemData]),
      }),
    ),
  },
  async handle(call) {
    const { session, caller } = sessionOf(call);
    const id = numberOf(call.params.id, 'SUGGESTION_NOT_FOUND');
    const approved = await commandValueOrThrow(session.approve(id, caller));
    const result =
      approved.kind === 'order'
        ? await toOrderData(caller.account, approved.executed)
        : await toRedeemData(caller.account, approved.rows);
    const status = approved.kind === 'order' ? 'executed' : approved.status;
    return succeeded({ suggestionId: id, status, result });
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
  async handle(call) {
    const { session, caller } = sessionOf(call);
    const id = await commandValueOrThrow(
      session.reject(numberOf(call.params.id, 'SUGGESTION_NOT_FOUND'), caller),
    );
    return succeeded({ suggestionId: id, status: 'rejected' });
  },
});

/** A suggestion's number; anything else names none. */
function numberOf(text: string, fault: 'SUGGESTION_NOT_FOUND' | 'INVALID_CURSOR'): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new RequestError(fault);
  return Number(text);
}

export const suggestionRoutes: readonly AnyRoute[] = [list, clear, approve, reject];
