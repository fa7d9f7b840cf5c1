import * as z from 'zod';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { tradingAccount } from '../../context/account.ts';
import { replayedHeader } from '../../context/command-identity.ts';
import { cancelHeaders, venueHeaders } from '../../http/request-headers.ts';
import { route, type AnyRoute, type Call, type Reply } from '../../http/route.ts';
import { unsupported } from '../../../../shared/venues/port/capabilities.ts';
import { requestedVenue } from '../../context/venue.ts';
import { liveAccount } from '../../trading/live-account.ts';
import { liveOrder, type LiveCall } from '../../trading/live-session.ts';
import { toNativeLive } from '../orders/live-replies.ts';
import { V1_LIVE_VENUE, v1ValueOrThrow, submitOne } from '../../trading/submit-live.ts';
import { cancelIdentity } from '../../trading/cancel-identity.ts';
import { nativeReply, toNativeOrder } from '../orders/native-reply.ts';
import { cancelPaper } from '../../trading/cancel-paper.ts';
import { parseCursor } from '../../trading/v1-wire.ts';
import type { OrderStatus } from '../../../../durable-objects/trading-account/api.ts';

const statuses: Readonly<Record<string, OrderStatus>> = {
  PENDING: 'open',
  FILLED: 'filled',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
};

/** Open orders of an account that are read from the venue at most. */
const MAX_OPEN = 2_000;

/** A page's size as a query writes it. */
const limit = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number)
  .pipe(z.number().int().min(1).max(200));

const listOrders = route({
  method: 'GET',
  path: '/v1/orders',
  summary: 'Orders of the account, newest first; on polymarket those that are open',
  tag: 'clob',
  auth: { kind: 'key', permission: 'read' },
  headers: venueHeaders,
  query: z.object({
    status: z.enum(['PENDING', 'FILLED', 'CANCELLED', 'EXPIRED']).optional(),
    market_id: z.string().max(128).optional(),
    side: z.enum(['BUY', 'SELL']).optional(),
    limit: limit.optional(),
    cursor: z.string().max(128).optional(),
  }),
  reply: {
    status: 200,
    schema: z.object({
      orders: z.array(nativeReply),
      has_more: z.boolean(),
      next_cursor: z.string().nullable(),
      total_hint: z.number(),
    }),
  },
  async handle(call) {
    const { query } = call;
    const before = parseCursor(query.cursor);
    if (before === null) throw new RequestError('INVALID_CURSOR');
    const size = query.limit ?? 50;
    if (requestedVenue(call) !== 'paper') return { body: await openAtVenue(call, query, before ?? 0, size) };
    const status = query.status === undefined ? undefined : statuses[query.status];
    const filter = {
      ...(status !== undefined && { status }),
      ...(query.market_id !== undefined && { market: query.market_id }),
      ...(query.side !== undefined && { side: query.side }),
    };
    // One row more than asked tells whether there is another page.
    const page = { ...(before !== undefined && { before }), limit: size + 1 };
    const { rows, total } = await (await tradingAccount(call)).stub.orders(filter, page);
    const shown = rows.slice(0, size);
    const last = shown.at(-1);
    const more = rows.length > size && last !== undefined;
    return {
      body: {
        orders: shown.map(({ order, executed }) => toNativeOrder(order, executed)),
        has_more: more,
        next_cursor: more ? btoa(String(last.order.id)) : null,
        total_hint: total,
      },
    };
  },
});

const orderId = z.object({ id: z.string().min(1).max(128) });

/** The number in a path; anything else names no order. */
export function orderNumber(text: string): number {
  if (!/^[1-9]\d{0,15}$/.test(text)) throw new RequestError('ORDER_NOT_FOUND');
  return Number(text);
}

const readOrder = route({
  method: 'GET',
  path: '/v1/orders/{id}',
  summary: 'One order',
  tag: 'clob',
  auth: { kind: 'key', permission: 'read' },
  headers: venueHeaders,
  params: orderId,
  reply: { status: 200, schema: nativeReply },
  async handle(call) {
    if (requestedVenue(call) !== 'paper')
      return { body: toNativeLive(await liveOrder(call, call.params.id)) };
    const found = await (await tradingAccount(call)).stub.executedOrder(orderNumber(call.params.id));
    if (!found) throw new RequestError('ORDER_NOT_FOUND');
    return { body: toNativeOrder(found.order, found.executed) };
  },
});

const cancelNative = route({
  method: 'DELETE',
  path: '/v1/orders/{id}',
  summary: 'Cancel one order',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: cancelHeaders,
  params: orderId,
  reply: { status: 200, schema: nativeReply },
  async handle(call) {
    if (requestedVenue(call) !== 'paper') return cancelAtVenue(call, call.params.id);
    const { stub } = await tradingAccount(call);
    const id = orderNumber(call.params.id);
    const done = await cancelPaper(call, stub, { ids: [id] });
    const [refused] = done.refused;
    if (refused) throw new RequestError(refused.reason);
    const found = await stub.executedOrder(id);
    if (!found) throw new RequestError('ORDER_NOT_FOUND');
    return { body: toNativeOrder(found.order, found.executed), headers: replayedHeader(done.replayed) };
  },
});

/** Throws for what the venue does not list: orders that have ended. Its cursors are places in the list. */
async function openAtVenue(
  call: LiveCall,
  {
    status,
    market_id,
    side,
  }: { status?: string | undefined; market_id?: string | undefined; side?: string | undefined },
  skip: number,
  size: number,
) {
  if (status !== undefined && status !== 'PENDING') {
    throw new RequestError(unsupported(V1_LIVE_VENUE, `a list of ${status} orders: read one by its id`));
  }
  const { stub, access } = await liveAccount(call, V1_LIVE_VENUE);
  const query = { marketId: market_id, status: 'open', limit: MAX_OPEN } as const;
  const open = v1ValueOrThrow(await stub.liveOrders(access, query)).filter(
    (order) => side === undefined || order.side === side,
  );
  const shown = open.slice(skip, skip + size);
  const more = open.length > skip + size;
  return {
    orders: shown.map((order) => toNativeLive(order)),
    has_more: more,
    next_cursor: more ? btoa(String(skip + size)) : null,
    total_hint: open.length,
  };
}

/** An order that is cancelled at the venue, by the journal: said again without a key it is not cancellable any more. */
async function cancelAtVenue(call: Call<unknown, unknown, unknown>, id: string): Promise<Reply> {
  if (!/^0x[0-9a-fA-F]{64}$/.test(id)) throw new RequestError('ORDER_NOT_FOUND');
  const commandIdentity = (await cancelIdentity(call)) ?? { fingerprint: `cancel ${id}` };
  const { order, replayed } = await submitOne(call, { kind: 'cancel', orderId: id }, commandIdentity);
  return { body: toNativeLive(order), headers: replayedHeader(replayed) };
}

export const nativeReadRoutes: readonly AnyRoute[] = [listOrders, readOrder, cancelNative];
