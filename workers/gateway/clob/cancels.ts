import * as z from 'zod';
import type { CancelRequest } from '../../../durable-objects/trading-account/commands.ts';
import { errorCatalogue } from '../../../shared/errors/catalogue.ts';
import { invalidMember, RequestError, type Failure } from '../../../shared/errors/failure.ts';
import { tradingAccount, type AccountRef } from '../http/objects.ts';
import { confirmHeader, headerOf, venueHeaders } from '../http/request-headers.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { venueOf } from '../http/venue.ts';
import { cancelNamed as cancelAtVenue, cancelScope } from './live/cancels.ts';
import type { LiveCall } from './live/reads.ts';

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
  headers: venueHeaders,
  body: z.strictObject({ orderID: orderIdText }),
  reply: { status: 200, schema: cancelReply },
  async handle(call) {
    return { body: await cancelListed(call, [call.body.orderID]) };
  },
});

const cancelOrders = route({
  method: 'DELETE',
  path: '/v1/orders',
  summary: 'Cancel up to 100 orders',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: venueHeaders,
  body: z.array(orderIdText).min(1).max(100),
  reply: { status: 200, schema: cancelReply },
  async handle(call) {
    return { body: await cancelListed(call, call.body) };
  },
});

const cancelAll = route({
  method: 'DELETE',
  path: '/v1/cancel-all',
  summary: 'Cancel every open order',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: venueHeaders,
  reply: { status: 200, schema: cancelReply },
  async handle(call) {
    return { body: await cancelOpen(call, {}) };
  },
});

/** The native form of the same: it wants to be told twice (contract: clob, "Cancels"). */
const confirmedCancelAll = route({
  method: 'POST',
  path: '/v1/cancel-all',
  summary: 'Cancel every open order, guarded by ?confirm=true or X-Confirm-Cancel-All: true',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: [...venueHeaders, confirmHeader],
  query: z.object({ confirm: z.string().max(8).optional() }),
  reply: { status: 200, schema: cancelReply },
  async handle(call) {
    const confirmed = call.query.confirm === 'true' || headerOf(call, confirmHeader) === 'true';
    if (!confirmed) throw new RequestError('CONFIRMATION_REQUIRED');
    return { body: await cancelOpen(call, {}) };
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
  headers: venueHeaders,
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
    return { body: await cancelOpen(call, filter) };
  },
});

async function cancelListed(call: LiveCall, names: readonly string[]): Promise<z.infer<typeof cancelReply>> {
  if (venueOf(call) !== 'paper') return cancelAtVenue(call, names);
  return cancelNamed((await tradingAccount(call)).stub, names);
}

async function cancelOpen(
  call: LiveCall,
  filter: Omit<CancelRequest, 'ids'>,
): Promise<z.infer<typeof cancelReply>> {
  if (venueOf(call) !== 'paper') return cancelScope(call, filter);
  const { canceled } = await (await tradingAccount(call)).stub.cancel(filter);
  return { canceled: canceled.map(String), not_canceled: {} };
}

async function cancelNamed(
  account: AccountRef['stub'],
  names: readonly string[],
): Promise<z.infer<typeof cancelReply>> {
  const known = names.filter((name) => /^[1-9]\d{0,15}$/.test(name));
  const unknown = names
    .filter((name) => !known.includes(name))
    .map((name) => [name, sentence('ORDER_NOT_FOUND')]);
  const result = await account.cancel({ ids: known.map(Number) });
  const refused = result.refused.map(({ id, reason }) => [String(id), sentence(reason)]);
  return {
    canceled: result.canceled.map(String),
    not_canceled: Object.fromEntries([...unknown, ...refused]),
  };
}

const sentence = (reason: Failure['reason']): string => errorCatalogue[reason].sentence;

export const cancelRoutes: readonly AnyRoute[] = [
  cancelOrder,
  cancelOrders,
  cancelAll,
  confirmedCancelAll,
  cancelMarketOrders,
];
