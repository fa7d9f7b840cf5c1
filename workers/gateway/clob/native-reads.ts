import * as z from 'zod';
import type { OrderStatus } from '../../../durable-objects/trading-account/model.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { tradingAccount } from '../http/objects.ts';
import { accountHeaders } from '../http/request-headers.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { nativeReply, toNativeOrder } from './native-reply.ts';
import { parseCursor } from './wire.ts';

const statuses: Readonly<Record<string, OrderStatus>> = {
  PENDING: 'open',
  FILLED: 'filled',
  CANCELLED: 'cancelled',
  EXPIRED: 'expired',
};

/** A page's size as a query writes it. */
const limit = z
  .string()
  .regex(/^\d{1,3}$/)
  .transform(Number)
  .pipe(z.number().int().min(1).max(200));

const listOrders = route({
  method: 'GET',
  path: '/v1/orders',
  summary: 'Orders of the account, newest first',
  tag: 'clob',
  auth: { kind: 'key', permission: 'read' },
  headers: accountHeaders,
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
  headers: accountHeaders,
  params: orderId,
  reply: { status: 200, schema: nativeReply },
  async handle(call) {
    const found = await (await tradingAccount(call)).stub.executedOrder(orderNumber(call.params.id));
    if (!found) throw new RequestError('ORDER_NOT_FOUND');
    return { body: toNativeOrder(found.order, found.executed) };
  },
});

const cancelOne = route({
  method: 'DELETE',
  path: '/v1/orders/{id}',
  summary: 'Cancel one order',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: accountHeaders,
  params: orderId,
  reply: { status: 200, schema: nativeReply },
  async handle(call) {
    const { stub } = await tradingAccount(call);
    const id = orderNumber(call.params.id);
    const [refused] = (await stub.cancel({ ids: [id] })).refused;
    if (refused) throw new RequestError(refused.reason);
    const found = await stub.executedOrder(id);
    if (!found) throw new RequestError('ORDER_NOT_FOUND');
    return { body: toNativeOrder(found.order, found.executed) };
  },
});

export const nativeReadRoutes: readonly AnyRoute[] = [listOrders, readOrder, cancelOne];
