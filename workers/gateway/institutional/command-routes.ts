import * as z from 'zod';
import { accountObject } from '../../../durable-objects/rpc/stubs.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { tiers } from '../../../shared/limits/tiers.ts';
import { outcomeUnknown } from '../trading/place-orders.ts';
import { commandIdentityOf, replayedHeader } from '../context/command-identity.ts';
import { tenantPrincipalOf } from '../context/caller.ts';
import { headerOf, idempotencyKeyHeader, retryCountHeader, waitHeader } from '../http/request-headers.ts';
import { route, type AnyRoute, type Call, type Reply } from '../http/route.ts';
import { askExchange, authOf, connectorOf, deskAuth } from './desk.ts';
import { cancelOrder, insertOrder, listOf, MAX_LIST, replaceOrder } from './order-schema.ts';
import { refuseUnscaledPrices, type PricedOrder } from './price-scales.ts';
import type { ExchangeRpc } from '../../../durable-objects/trading-account/api.ts';
import type { OrderRef } from '../../../shared/relay/found-order.ts';

type AnyCall = Call<unknown, unknown, unknown>;

/** One order of a request, of any kind. */
interface Item extends PricedOrder {
  readonly clord_id?: string | undefined;
  readonly order_id?: string;
}

const API = '/api/v1beta1';
const shared = {
  method: 'POST',
  tag: 'exchange',
  auth: deskAuth,
  headers: [idempotencyKeyHeader, retryCountHeader],
} as const;

const inserted = z.object({ order_id: z.string(), clord_id: z.string() });
const replaced = z.object({ clord_id: z.string() });
const listed = (one: z.ZodType) => z.object({ responses: z.array(one) });

/** The routes of one command: alone, and as a list that is taken or refused as a whole. */
function pair(
  rpc: ExchangeRpc & ('insert_order' | 'cancel_order' | 'cancel_replace_order'),
  one: z.ZodType<Item>,
  reply: z.ZodType,
  summaries: readonly [string, string],
): readonly AnyRoute[] {
  return [
    route({
      ...shared,
      path: `${API}/${rpc}`,
      summary: summaries[0],
      headers: rpc === 'insert_order' ? [...shared.headers, waitHeader] : shared.headers,
      body: one,
      reply: { status: 200, schema: reply },
      handle: (call) => submit(call, rpc, [call.body]),
    }),
    route({
      ...shared,
      path: `${API}/${rpc}_list`,
      summary: summaries[1],
      body: listOf(one),
      reply: { status: 200, schema: listed(reply) },
      handle: (call) => submit(call, `${rpc}_list`, call.body.requests),
    }),
  ];
}

async function submit(call: AnyCall, rpc: ExchangeRpc, items: readonly Item[]): Promise<Reply> {
  const isList = rpc.endsWith('_list');
  await refuseUnscaledPrices(call, items, (index) => (isList ? `requests.${index}.` : ''));
  const named = rpc.startsWith('cancel_order') ? items : items.map(withClordId);
  const done = await command(call, rpc, named, ownIdsOf(items));
  if (!done.ok) throw new RequestError(done);
  const waits = rpc === 'insert_order' && headerOf(call, waitHeader) === 'ack';
  const body = waits ? await withFirstState(call, done.body) : done.body;
  return { body, headers: replayedHeader(done.replayed) };
}

/** Longest wait for the order stream (contract: exchange, "Commands and lookups"). */
const WAIT_MS = 5_000;
const placed = z.looseObject({ order_id: z.string() });

/** With the first state that the stream tells of the order; without one when it tells none in time. */
async function withFirstState(call: AnyCall, body: unknown): Promise<unknown> {
  const { data } = placed.safeParse(body);
  if (!data) return body;
  // The order stands, whatever became of whoever was to tell of it.
  const told = await connectorOf(call)
    .awaitOrder(data.order_id, WAIT_MS)
    .catch(() => undefined);
  if (!told) return body;
  const state = told.order.state ?? 'ORDER_STATE_NEW';
  if (state !== 'ORDER_STATE_REJECTED') return { ...data, state };
  throw new RequestError('ORDER_REJECTED', told.text === undefined ? {} : { message: told.text });
}

async function command(
  call: AnyCall,
  rpc: ExchangeRpc,
  items: readonly Item[],
  ownIds: readonly string[],
  isNamed = true,
) {
  const { tenant, account, key, tier } = tenantPrincipalOf(call.caller);
  const commandIdentity = await commandIdentityOf(
    isNamed ? call : { ...call, declared: shared.headers, body: items },
  );
  return accountObject(call.env, account)
    .submitExchange({
      caller: { tenant, account, keyId: key, requestId: call.requestId },
      rpc,
      body: JSON.stringify(rpc.endsWith('_list') ? { requests: items } : items[0]),
      refs: items.map(refOf),
      ownIds: rpc.startsWith('cancel_order') ? [] : ownIds,
      auth: await authOf(call),
      commandIdentity: isNamed ? commandIdentity : { fingerprint: commandIdentity.fingerprint },
      maxWrites: tiers[tier].tradeWritesInFlight,
    })
    .catch(outcomeUnknown);
}

const withClordId = (item: Item): Item => ({ ...item, clord_id: item.clord_id ?? crypto.randomUUID() });
const ownIdsOf = (items: readonly Item[]): readonly string[] =>
  items.flatMap(({ clord_id: id }) => (id === undefined ? [] : [id]));
const refOf = ({ clord_id: clordId, order_id: orderId }: Item): OrderRef => ({
  ...(clordId !== undefined && { clordId }),
  ...(orderId !== undefined && { orderId }),
});

const preview = route({
  ...shared,
  headers: [],
  path: `${API}/preview_order`,
  summary: 'What an order would be, without sending it',
  body: z.strictObject({ request: insertOrder }),
  reply: { status: 200, schema: z.object({ preview_order: z.looseObject({}) }) },
  async handle(call) {
    await refuseUnscaledPrices(call, [call.body.request], () => 'request.');
    return { body: await askExchange(call, `${API}/preview_order`, call.body, await authOf(call)) };
  },
});

const names = z.array(z.string().max(200)).max(1000).optional();
const openOrders = z.object({
  orders: z.array(z.object({ id: z.string(), symbol: z.string().optional() })).default([]),
});

/** What became of one order's cancel. */
const cancelled = z.object({
  order_id: z.string(),
  status: z.enum(['sent', 'refused', 'unknown']),
  message: z.string().optional(),
});

const cancelAll = route({
  ...shared,
  // A repeated one finds fewer orders: it needs no name.
  headers: [],
  path: `${API}/cancel_all_orders`,
  summary: 'Cancel every open order, in lists of 20, and say of each what became of its cancel',
  body: z.strictObject({ accounts: names, symbols: names }),
  reply: { status: 200, schema: z.object({ orders: z.array(cancelled) }) },
  async handle(call) {
    const open = openOrders.parse(
      await askExchange(call, `${API}/get_open_orders`, call.body, await authOf(call)),
    );
    const told: z.infer<typeof cancelled>[] = [];
    for (let from = 0; from < open.orders.length; from += MAX_LIST) {
      const items = open.orders
        .slice(from, from + MAX_LIST)
        .map(({ id, symbol }) => ({ order_id: id, ...(symbol !== undefined && { symbol }) }));
      const done = await command(call, 'cancel_order_list', items, [], false);
      const status = done.ok ? 'sent' : done.reason === 'PERSISTENCE_UNKNOWN' ? 'unknown' : 'refused';
      const message = done.ok ? undefined : done.message;
      for (const { order_id } of items)
        told.push({ order_id, status, ...(message !== undefined && { message }) });
    }
    return { body: { orders: told } };
  },
});

export const institutionalCommandRoutes: readonly AnyRoute[] = [
  ...pair('insert_order', insertOrder, inserted, ['Place an order', 'Place up to 20 orders, all or none']),
  preview,
  ...pair('cancel_order', cancelOrder, z.object({}), ['Cancel an order', 'Cancel up to 20 orders']),
  ...pair('cancel_replace_order', replaceOrder, replaced, ['Replace an order', 'Replace up to 20 orders']),
  cancelAll,
];
