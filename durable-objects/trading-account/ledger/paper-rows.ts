import { fromSql } from '../../../shared/money/fixed.ts';
import type { Side } from '../../../shared/venues/port.ts';
import type { Order, OrderStatus, Position, TradeWithOrder } from './model.ts';
import type { TimeInForce } from '../../../shared/venues/port/order-terms.ts';

// Row types are aliases, not interfaces: `sql.exec` wants an index signature. The casts below are of columns
// that CHECK constraints restrict to the members of the unions.

export type OrderRow = {
  id: number;
  token: string;
  market: string;
  outcome: string;
  side: string;
  tif: string;
  kind: string;
  client_order_id: string | null;
  price: number;
  size: number;
  filled: number;
  reserved: number;
  status: string;
  expires_at: number | null;
  owner: string;
  maker: string;
  created_at: number;
  updated_at: number;
};

export function toOrder(row: OrderRow): Order {
  return {
    id: row.id,
    token: row.token,
    market: row.market,
    outcome: row.outcome,
    side: row.side as Side,
    tif: row.tif as TimeInForce,
    kind: row.kind as Order['kind'],
    clientOrderId: row.client_order_id,
    price: fromSql(row.price),
    size: fromSql(row.size),
    filled: fromSql(row.filled),
    reserved: fromSql(row.reserved),
    status: row.status as OrderStatus,
    expiresAt: row.expires_at,
    owner: row.owner,
    maker: row.maker,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

export type TradeRow = {
  id: number;
  order_id: number;
  token: string;
  market: string;
  outcome: string;
  side: string;
  role: string;
  shares: number;
  notional: number;
  fee: number;
  realised: number;
  at: number;
  owner: string;
  maker: string;
};

export function toTrade(row: TradeRow): TradeWithOrder {
  return {
    id: row.id,
    orderId: row.order_id,
    token: row.token,
    market: row.market,
    outcome: row.outcome,
    side: row.side as Side,
    role: row.role as TradeWithOrder['role'],
    shares: fromSql(row.shares),
    notional: fromSql(row.notional),
    fee: fromSql(row.fee),
    realised: fromSql(row.realised),
    at: row.at,
    owner: row.owner,
    maker: row.maker,
  };
}

export type PositionRow = {
  token: string;
  market: string;
  outcome: string;
  shares: number;
  reserved: number;
  cost: number;
  realised: number;
  settled: number | null;
};

export function toPosition(row: PositionRow): Position {
  return {
    token: row.token,
    market: row.market,
    outcome: row.outcome,
    shares: fromSql(row.shares),
    reserved: fromSql(row.reserved),
    cost: fromSql(row.cost),
    realised: fromSql(row.realised),
    settled: row.settled === null ? null : fromSql(row.settled),
  };
}
