import { failure, invalidMember, RequestError } from '../../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../../shared/keys/digest.ts';
import { asMicro, mulDiv, SCALE } from '../../../../shared/money/fixed.ts';
import { PolymarketMarketData } from '../../../../shared/venues/polymarket/market-data/clob-market-data.ts';
import { outcomeNamed } from '../../../../shared/venues/polymarket/market-data/find-outcome.ts';
import type {
  FillQuery,
  OrderQuery,
  OrderStatus,
  OrderType,
  Position,
  VenueFill,
  VenueOrder,
} from '../../../../shared/venues/port.ts';
import { cancelPaper } from '../../trading/cancel-paper.ts';
import { placeOne } from '../../trading/place-orders.ts';
import { canonicalJson } from '../../context/command-identity.ts';
import { principalOf, type AccountCall } from '../../context/caller.ts';
import { paperAccount } from '../../context/account.ts';
import { headerOf, idempotencyKeyHeader, retryCountHeader } from '../../http/request-headers.ts';
import type { Call } from '../../http/route.ts';
import { toTerms, type OrderBody } from './order-wire.ts';
import type { Order, OrderRequest, TimeInForce } from '../../../../durable-objects/trading-account/api.ts';
import { rests } from '../../../../shared/venues/port/order-rests.ts';

/** Paper as one more exchange: its markets are Polymarket's, its orders those of `/v1` (contract: clob). */
const types: Readonly<Record<OrderType, TimeInForce>> = { gtc: 'GTC', gtd: 'GTD', ioc: 'FAK', fok: 'FOK' };

export async function placeOnPaper(
  call: Call<unknown, unknown, OrderBody>,
): Promise<{ readonly order: VenueOrder; readonly replayed: boolean }> {
  const account = await paperAccount(call);
  const { outcome, replayed } = await placeOne(call, account, await toRequest(call));
  return { order: toVenueOrder(outcome.order), replayed };
}

async function toRequest({ env, body, caller }: Call<unknown, unknown, OrderBody>): Promise<OrderRequest> {
  const terms = toTerms(body);
  const { type, expiration, clientOrderId } = terms;
  if ((type === 'gtd') !== (expiration !== undefined))
    throw new RequestError(invalidMember('params.expiration', 'goes with order_type gtd, which needs it'));
  if (terms.postOnly && !rests(type))
    throw new RequestError(invalidMember('params.post_only', 'goes with order_type gtc or gtd, which rest'));
  const market = await new PolymarketMarketData(env.POLYMARKET_CLOB_URL).market(terms.marketId);
  if (!market.ok)
    throw new RequestError(market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market);
  const outcome = outcomeNamed(market.value.outcomes, terms.outcome);
  if (!outcome) throw new RequestError(invalidMember('outcome', 'is no outcome of this market'));
  const owner = principalOf(caller).key;
  return {
    tokenId: outcome.tokenId,
    side: terms.side,
    timeInForce: types[type],
    kind: 'limit',
    price: terms.price,
    size: terms.size,
    ...(expiration !== undefined && { expiresAt: expiration * 1000 }),
    ...(clientOrderId !== undefined && {
      clientOrderId,
      identity: { key: `client:${clientOrderId}`, fingerprint: await sha256Hex(canonicalJson(body)) },
    }),
    postOnly: terms.postOnly,
    priceFromAmounts: false,
    owner,
    maker: owner,
  };
}

/**
 * Cancels one order and tells how it stands. A cancel that the caller has named, or that is an SDK's own retry, may
 * find its work done.
 */
export async function cancelOnPaper(
  call: Call<unknown, unknown, unknown>,
  id: string,
): Promise<{ readonly order: VenueOrder; readonly replayed: boolean }> {
  const number = orderNumber(id);
  const { stub } = await paperAccount(call);
  const done = await cancelPaper(call, stub, { ids: [number] });
  const order = await stub.order(number);
  const [refusal] = done.refused;
  const again =
    headerOf(call, idempotencyKeyHeader) !== undefined || Number(headerOf(call, retryCountHeader) ?? '0') > 0;
  if (!order || (refusal && !(again && order.status === 'cancelled')))
    throw new RequestError(refusal?.reason ?? 'ORDER_NOT_FOUND');
  return { order: toVenueOrder(order), replayed: done.replayed || refusal !== undefined };
}

export async function paperOrder(call: AccountCall, id: string): Promise<VenueOrder> {
  const number = orderNumber(id);
  const order = await (await paperAccount(call)).stub.order(number);
  if (!order) throw new RequestError('ORDER_NOT_FOUND');
  return toVenueOrder(order);
}

/** Rows read at once; more than a page, because the account knows only some of the filters. */
const ROWS = 500;

export async function paperOrders(
  call: AccountCall,
  { marketId, status, limit, startTs, endTs }: OrderQuery,
): Promise<readonly VenueOrder[]> {
  const { stub } = await paperAccount(call);
  const found: VenueOrder[] = [];
  for (let before: number | undefined; found.length < limit;) {
    const filter = marketId === undefined ? {} : { market: marketId };
    const page = { limit: ROWS, ...(before !== undefined && { before }) };
    const { rows } = await stub.orders(filter, page);
    found.push(
      ...rows
        .map(({ order }) => order)
        .filter((order) => status === 'all' || (order.status === 'open') === (status === 'open'))
        .filter(({ createdAt }) => createdAt >= (startTs ?? 0) * 1000)
        .filter(({ createdAt }) => endTs === undefined || createdAt < (endTs + 1) * 1000)
        .map(toVenueOrder),
    );
    const last = rows.at(-1)?.order;
    // Newest first: what is older than the range is not looked for.
    if (!last || rows.length < ROWS || last.createdAt < (startTs ?? 0) * 1000) break;
    before = last.id;
  }
  return found.slice(0, limit);
}

export async function paperFills(
  call: AccountCall,
  { marketId, limit }: FillQuery,
): Promise<readonly VenueFill[]> {
  const { stub } = await paperAccount(call);
  const rows = await stub.trades(marketId === undefined ? {} : { market: marketId }, { limit });
  return rows.map((trade) => ({
    id: String(trade.id),
    orderId: String(trade.orderId),
    marketId: trade.market,
    outcome: trade.outcome,
    side: trade.side,
    price: asMicro(mulDiv(trade.notional, SCALE, trade.shares, 'half-up')),
    size: trade.shares,
    isTaker: trade.role === 'TAKER',
    fee: trade.fee,
    at: trade.at,
  }));
}

export async function paperPositions(call: AccountCall): Promise<readonly Position[]> {
  const { stub } = await paperAccount(call);
  const { positions } = await stub.portfolio();
  return positions.map((row) => ({
    marketId: row.market,
    outcome: row.outcome,
    size: row.shares,
    averagePrice: asMicro(mulDiv(row.cost, SCALE, row.shares, 'half-up')),
    ...(row.price !== null && { currentPrice: row.price }),
  }));
}

/** Paper order ids are whole numbers; whatever else is named does not exist. */
function orderNumber(id: string): number {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new RequestError('ORDER_NOT_FOUND');
  return Number(id);
}

function toVenueOrder(order: Order): VenueOrder {
  return {
    id: String(order.id),
    ...(order.clientOrderId !== null && { clientOrderId: order.clientOrderId }),
    marketId: order.market,
    outcome: order.outcome,
    tokenId: order.token,
    side: order.side,
    price: order.price,
    size: order.size,
    filled: order.filled,
    status: statusOf(order),
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
  };
}

function statusOf({ status, filled }: Order): OrderStatus {
  if (status === 'open') return filled > 0n ? 'partially_filled' : 'open';
  return status === 'filled' ? 'filled' : 'cancelled';
}
