import * as z from 'zod';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { asMicro, formatMicro, mulDiv, SCALE } from '../../../../shared/money/fixed.ts';
import { principalOf } from '../../context/caller.ts';
import { tradingAccount } from '../../context/account.ts';
import { venueHeaders } from '../../http/request-headers.ts';
import { requestedVenue } from '../../context/venue.ts';
import { venueOrderRow, readAtVenue } from '../../trading/live-session.ts';
import { route, type AnyRoute } from '../../http/route.ts';
import { settlementHash } from '../../trading/settlement-hash.ts';
import { cursorAfter, PAGE_SIZE, pageOf, parseCursor, sideName } from '../../trading/v1-wire.ts';
import type {
  OrderView,
  TradeWithOrder,
  TradeFilter,
} from '../../../../durable-objects/trading-account/api.ts';

const openOrder = z.object({
  id: z.string(),
  status: z.string(),
  owner: z.string(),
  maker_address: z.string(),
  market: z.string(),
  asset_id: z.string(),
  side: sideName,
  original_size: z.string(),
  size_matched: z.string(),
  price: z.string(),
  outcome: z.string(),
  expiration: z.string(),
  order_type: z.string(),
  associate_trades: z.array(z.string()),
  created_at: z.number(),
});

const tradeRow = z.object({
  id: z.string(),
  taker_order_id: z.string(),
  market: z.string(),
  asset_id: z.string(),
  side: sideName,
  size: z.string(),
  fee_rate_bps: z.string(),
  price: z.string(),
  status: z.string(),
  match_time: z.string(),
  last_update: z.string(),
  outcome: z.string(),
  bucket_index: z.number(),
  owner: z.string(),
  maker_address: z.string(),
  maker_orders: z.array(z.unknown()),
  transaction_hash: z.string(),
  trader_side: z.enum(['TAKER', 'MAKER']),
});

const text = z.string().max(128).optional();
const orderQuery = z.object({ id: text, market: text, asset_id: text, next_cursor: text });
const tradeQuery = orderQuery.extend({ maker_address: text, before: text, after: text });

const openOrders = route({
  method: 'GET',
  path: '/v1/data/orders',
  summary: 'Open orders, newest first',
  tag: 'clob',
  auth: { kind: 'key', permission: 'read' },
  headers: venueHeaders,
  query: orderQuery,
  reply: { status: 200, schema: pageOf(openOrder) },
  async handle(call) {
    const { query } = call;
    const { before, filter } = narrow(query);
    if (requestedVenue(call) !== 'paper') return { body: await readAtVenue(call, '/data/orders', query) };
    const rows = await (await tradingAccount(call)).stub.openOrders(filter, { ...before, limit: PAGE_SIZE });
    return { body: page(rows, rows.map(toOpenOrder)) };
  },
});

const oneOrder = route({
  method: 'GET',
  path: '/v1/data/order/{id}',
  summary: 'One order',
  tag: 'clob',
  auth: { kind: 'key', permission: 'read' },
  headers: venueHeaders,
  params: z.object({ id: z.string().min(1).max(128) }),
  reply: { status: 200, schema: openOrder },
  async handle(call) {
    const { params } = call;
    if (requestedVenue(call) !== 'paper') return { body: await venueOrderRow(call, params.id) };
    const id = idOf(params.id);
    const order = id === undefined ? undefined : await (await tradingAccount(call)).stub.order(id);
    if (!order) throw new RequestError('ORDER_NOT_FOUND');
    return { body: toOpenOrder(order) };
  },
});

const trades = route({
  method: 'GET',
  path: '/v1/data/trades',
  summary: 'Trades, newest first',
  tag: 'clob',
  auth: { kind: 'key', permission: 'read' },
  headers: venueHeaders,
  query: tradeQuery,
  reply: { status: 200, schema: pageOf(tradeRow) },
  async handle(call) {
    const { query } = call;
    const { before, filter } = narrow(query);
    const times = timesOf(query);
    if (requestedVenue(call) !== 'paper') return { body: await readAtVenue(call, '/data/trades', query) };
    const account = await tradingAccount(call);
    const maker = query.maker_address ? { maker: query.maker_address } : {};
    const rows = await account.stub.trades(
      { ...filter, ...times, ...maker },
      { ...before, limit: PAGE_SIZE },
    );
    const data = await Promise.all(rows.map((row) => toTradeRow(account.id, row)));
    return { body: page(rows, data) };
  },
});

/** A key that is good for reading only is still good; nothing here is ever closed-only. */
const closedOnly = route({
  method: 'GET',
  path: '/v1/auth/ban-status/closed-only',
  summary: 'Whether the account may only close positions',
  tag: 'clob',
  auth: { kind: 'key', permission: 'read' },
  reply: { status: 200, schema: z.object({ closed_only: z.boolean() }) },
  handle({ caller }) {
    return { body: { closed_only: !principalOf(caller).permissions.includes('trade') } };
  },
});

function narrow(query: z.infer<typeof orderQuery>): {
  readonly before: { readonly before?: number };
  readonly filter: { readonly id?: number; readonly market?: string; readonly token?: string };
} {
  const before = parseCursor(query.next_cursor);
  if (before === null) throw new RequestError('INVALID_CURSOR');
  return {
    before: before === undefined ? {} : { before },
    filter: {
      // An id that is no number names nothing: 0 is never given to a row.
      ...(query.id ? { id: idOf(query.id) ?? 0 } : {}),
      ...(query.market ? { market: query.market } : {}),
      ...(query.asset_id ? { token: query.asset_id } : {}),
    },
  };
}

/** The span that a query asks for, in ms. Throws INVALID_TIME_FILTER for no seconds, or a span that is none. */
function timesOf(query: z.infer<typeof tradeQuery>): Pick<TradeFilter, 'before' | 'after'> {
  const [after, before] = [millisOf(query.after), millisOf(query.before)];
  if (after !== undefined && before !== undefined && after >= before)
    throw new RequestError('INVALID_TIME_FILTER');
  return { ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

function millisOf(seconds: string | undefined): number | undefined {
  if (!seconds) return undefined;
  if (!/^\d{1,12}$/.test(seconds)) throw new RequestError('INVALID_TIME_FILTER');
  return Number(seconds) * 1000;
}

const idOf = (value: string): number | undefined =>
  /^[1-9]\d{0,15}$/.test(value) ? Number(value) : undefined;

const page = <T>(rows: readonly { readonly id: number }[], data: readonly T[]) => ({
  data,
  next_cursor: cursorAfter(rows, PAGE_SIZE),
  limit: PAGE_SIZE,
  count: data.length,
});

/** Polymarket's words for where an order stands. */
const statusNames = {
  open: 'ORDER_STATUS_LIVE',
  filled: 'ORDER_STATUS_MATCHED',
  cancelled: 'ORDER_STATUS_CANCELED',
  expired: 'ORDER_STATUS_EXPIRED',
} as const;

function toOpenOrder(order: OrderView): z.infer<typeof openOrder> {
  return {
    id: String(order.id),
    status: statusNames[order.status],
    owner: order.owner,
    maker_address: order.maker,
    market: order.market,
    asset_id: order.token,
    side: order.side,
    original_size: formatMicro(order.size),
    size_matched: formatMicro(order.filled),
    price: formatMicro(order.price),
    outcome: order.outcome,
    expiration: order.expiresAt === null ? '0' : String(Math.floor(order.expiresAt / 1000)),
    order_type: order.tif,
    associate_trades: order.tradeIds.map(String),
    created_at: Math.floor(order.createdAt / 1000),
  };
}

async function toTradeRow(account: string, trade: TradeWithOrder): Promise<z.infer<typeof tradeRow>> {
  const seconds = String(Math.floor(trade.at / 1000));
  return {
    id: String(trade.id),
    taker_order_id: String(trade.orderId),
    market: trade.market,
    asset_id: trade.token,
    side: trade.side,
    size: formatMicro(trade.shares),
    fee_rate_bps: '0',
    price: formatMicro(asMicro(mulDiv(trade.notional, SCALE, trade.shares, 'half-up'))),
    status: 'CONFIRMED',
    match_time: seconds,
    last_update: seconds,
    outcome: trade.outcome,
    bucket_index: 0,
    owner: trade.owner,
    maker_address: trade.maker,
    maker_orders: [],
    transaction_hash: await settlementHash(account, trade.id),
    trader_side: trade.role,
  };
}

export const readRoutes: readonly AnyRoute[] = [openOrders, oneOrder, trades, closedOnly];
