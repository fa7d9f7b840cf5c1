import * as z from 'zod';
import { errorCatalogue } from '../../../../shared/errors/catalogue.ts';
import { invalidMember, RequestError, type Failure } from '../../../../shared/errors/failure.ts';
import { replayedHeader } from '../../context/command-identity.ts';
import { tradingAccount } from '../../context/account.ts';
import { cancelHeaders, confirmHeader, headerOf } from '../../http/request-headers.ts';
import { route, type AnyRoute, type Call, type Reply } from '../../http/route.ts';
import { requestedVenue } from '../../context/venue.ts';
import { cancelListed as cancelAtVenue, cancelScope } from './cancel-live.ts';
import { cancelPaper, type PaperCancels } from '../../trading/cancel-paper.ts';
import type { CancelRequest } from '../../../../durable-objects/trading-account/api.ts';

type AnyCall = Call<unknown, unknown, unknown>;

/** Reply of the cancels that take several orders (contract: clob, "Cancels"). */
const cancelReply = z.object({
  canceled: z.array(z.string()),
  not_canceled: z.record(z.string(), z.string()),
});

/** Paper order ids are whole numbers, Polymarket's are hashes; whatever else is named does not exist. */
const orderIdText = z.string().min(1).max(128);

const cancelOrder = route({
  method: 'DELETE',
  path: '/v1/order',
  summary: 'Cancel one order',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: cancelHeaders,
  body: z.strictObject({ orderID: orderIdText }),
  reply: { status: 200, schema: cancelReply },
  handle(call) {
    return cancelListed(call, [call.body.orderID]);
  },
});

const cancelOrders = route({
  method: 'DELETE',
  path: '/v1/orders',
  summary: 'Cancel up to 100 orders',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: cancelHeaders,
  body: z.array(orderIdText).min(1).max(100),
  reply: { status: 200, schema: cancelReply },
  handle(call) {
    return cancelListed(call, call.body);
  },
});

const cancelAll = route({
  method: 'DELETE',
  path: '/v1/cancel-all',
  summary: 'Cancel every open order',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: cancelHeaders,
  reply: { status: 200, schema: cancelReply },
  handle(call) {
    return cancelOpen(call, {});
  },
});

/** The native form of the same: it wants to be told twice (contract: clob, "Cancels"). */
const confirmedCancelAll = route({
  method: 'POST',
  path: '/v1/cancel-all',
  summary: 'Cancel every open order, guarded by ?confirm=true or X-Confirm-Cancel-All: true',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: [...cancelHeaders, confirmHeader],
  query: z.object({ confirm: z.string().max(8).optional() }),
  reply: { status: 200, schema: cancelReply },
  async handle(call) {
    const confirmed = call.query.confirm === 'true' || headerOf(call, confirmHeader) === 'true';
    if (!confirmed) throw new RequestError('CONFIRMATION_REQUIRED');
    return cancelOpen(call, {});
  },
});

/** An empty text is what Polymarket's clients send for "any". */
const optionalId = z.string().max(128).optional();
const marketFilter = z.strictObject({ market: optionalId, asset_id: optionalId });

const cancelMarketOrders = route({
  method: 'DELETE',
  path: '/v1/cancel-market-orders',
  summary: 'Cancel the open orders of a market or a token',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: cancelHeaders,
  query: z.object({ market: optionalId, asset_id: optionalId }),
  body: marketFilter.optional(),
  reply: { status: 200, schema: cancelReply },
  async handle(call) {
    const { query, body } = call;
    const market = body?.market || query.market || undefined;
    const token = body?.asset_id || query.asset_id || undefined;
    if (market === undefined && token === undefined) {
      throw new RequestError(
        invalidMember('market, asset_id', 'send one of the two; DELETE /v1/cancel-all cancels all'),
      );
    }
    const filter = {
      ...(market === undefined ? {} : { market }),
      ...(token === undefined ? {} : { token }),
    };
    return cancelOpen(call, filter);
  },
});

async function cancelListed(call: AnyCall, names: readonly string[]): Promise<Reply> {
  if (requestedVenue(call) !== 'paper') return cancelAtVenue(call, names);
  const known = names.filter((name) => /^[1-9]\d{0,15}$/.test(name));
  const unknown = names
    .filter((name) => !known.includes(name))
    .map((name) => [name, sentence('ORDER_NOT_FOUND')]);
  const { stub } = await tradingAccount(call);
  const done = await cancelPaper(call, stub, { ids: known.map(Number) });
  const refused = done.refused.map(({ id, reason }) => [String(id), sentence(reason)]);
  return toReply(done, Object.fromEntries([...unknown, ...refused]));
}

async function cancelOpen(call: AnyCall, filter: Omit<CancelRequest, 'ids'>): Promise<Reply> {
  if (requestedVenue(call) !== 'paper') return cancelScope(call, filter);
  return toReply(await cancelPaper(call, (await tradingAccount(call)).stub, filter), {});
}

const toReply = (
  { canceled, replayed }: PaperCancels,
  notCanceled: Readonly<Record<string, string>>,
): Reply => ({
  body: { canceled: canceled.map(String), not_canceled: notCanceled },
  headers: replayedHeader(replayed),
});

const sentence = (reason: Failure['reason']): string => errorCatalogue[reason].sentence;

export const cancelRoutes: readonly AnyRoute[] = [
  cancelOrder,
  cancelOrders,
  cancelAll,
  confirmedCancelAll,
  cancelMarketOrders,
];
