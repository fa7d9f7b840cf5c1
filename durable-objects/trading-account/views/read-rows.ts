import { fromSql, type Micro } from '../../../shared/money/fixed.ts';
import type { Side } from '../../../shared/venues/port.ts';
import type { Order, OrderStatus, Position, TradeWithOrder } from '../ledger/model.ts';
import {
  toOrder,
  toPosition,
  toTrade,
  type OrderRow,
  type PositionRow,
  type TradeRow,
} from '../ledger/paper-rows.ts';

/** Which orders or trades a reader wants; every member narrows. */
export interface OrderFilter {
  readonly id?: number;
  readonly market?: string;
  readonly token?: string;
}

export interface TradeFilter extends OrderFilter {
  readonly maker?: string;
  /** Unix ms, exclusive. */
  readonly before?: number;
  readonly after?: number;
}

/** One page by descending id. `before` is the last id of the page before. */
export interface Page {
  readonly before?: number;
  readonly limit: number;
}

/** Open orders, newest first. */
export function readOpenOrders(sql: SqlStorage, filter: OrderFilter, page: Page): readonly Order[] {
  return sql
    .exec<OrderRow>(
      `SELECT * FROM orders WHERE status = 'open'
         AND (?1 IS NULL OR id = ?1) AND (?2 IS NULL OR market = ?2) AND (?3 IS NULL OR token = ?3)
         AND (?4 IS NULL OR id < ?4) ORDER BY id DESC LIMIT ?5`,
      filter.id ?? null,
      filter.market ?? null,
      filter.token ?? null,
      page.before ?? null,
      page.limit,
    )
    .toArray()
    .map(toOrder);
}

/** Orders of any state; every member narrows. */
export interface HistoryFilter {
  readonly status?: OrderStatus;
  readonly market?: string;
  readonly side?: Side;
}

/** What has been executed of an order: Σ notional, Σ fee, and when last. */
export interface Executed {
  readonly notional: Micro;
  readonly fee: Micro;
  readonly lastAt: number | null;
}

export interface ExecutedOrder {
  readonly order: Order;
  readonly executed: Executed;
}

type Sums = { notional: number | null; fee: number | null; last_at: number | null };

/** One order with what its trades add up to. */
export function withExecuted(sql: SqlStorage, order: Order): ExecutedOrder {
  const row = sql
    .exec<Sums>(
      'SELECT SUM(notional) AS notional, SUM(fee) AS fee, MAX(at) AS last_at FROM trades WHERE order_id = ?',
      order.id,
    )
    .one();
  const executed = { notional: fromSql(row.notional ?? 0), fee: fromSql(row.fee ?? 0), lastAt: row.last_at };
  return { order, executed };
}

/** Orders, newest first, and how many there are without the page. */
export function readOrders(
  sql: SqlStorage,
  filter: HistoryFilter,
  page: Page,
): { readonly rows: readonly ExecutedOrder[]; readonly total: number } {
  const where = '(?1 IS NULL OR status = ?1) AND (?2 IS NULL OR market = ?2) AND (?3 IS NULL OR side = ?3)';
  const bindings = [filter.status ?? null, filter.market ?? null, filter.side ?? null] as const;
  const total = sql
    .exec<{ n: number }>(`SELECT COUNT(*) AS n FROM orders WHERE ${where}`, ...bindings)
    .one().n;
  const rows = sql
    .exec<OrderRow>(
      `SELECT * FROM orders WHERE ${where} AND (?4 IS NULL OR id < ?4) ORDER BY id DESC LIMIT ?5`,
      ...bindings,
      page.before ?? null,
      page.limit,
    )
    .toArray()
    .map((row) => withExecuted(sql, toOrder(row)));
  return { rows, total };
}

/** Trades, newest first, each with the owner and maker of its order. */
export function readTrades(sql: SqlStorage, filter: TradeFilter, page: Page): readonly TradeWithOrder[] {
  return sql
    .exec<TradeRow>(
      `SELECT trades.*, orders.owner, orders.maker FROM trades JOIN orders ON orders.id = trades.order_id
       WHERE (?1 IS NULL OR trades.id = ?1) AND (?2 IS NULL OR trades.market = ?2)
         AND (?3 IS NULL OR trades.token = ?3) AND (?4 IS NULL OR trades.at < ?4)
         AND (?5 IS NULL OR trades.at > ?5) AND (?6 IS NULL OR trades.id < ?6)
         AND (?7 IS NULL OR orders.maker = ?7)
       ORDER BY trades.id DESC LIMIT ?8`,
      filter.id ?? null,
      filter.market ?? null,
      filter.token ?? null,
      filter.before ?? null,
      filter.after ?? null,
      page.before ?? null,
      filter.maker ?? null,
      page.limit,
    )
    .toArray()
    .map(toTrade);
}

/** A trade as an export shows it. */
export interface ExportedTrade extends TradeWithOrder {
  readonly clientOrderId: string | null;
}

/** Trades after an id, oldest first: an export that is continued finds nothing twice. */
export function readTradesAfter(sql: SqlStorage, after: number, limit: number): readonly ExportedTrade[] {
  return sql
    .exec<TradeRow & { client_order_id: string | null }>(
      `SELECT trades.*, orders.owner, orders.maker, orders.client_order_id
       FROM trades JOIN orders ON orders.id = trades.order_id WHERE trades.id > ? ORDER BY trades.id LIMIT ?`,
      after,
      limit,
    )
    .toArray()
    .map((row) => ({ ...toTrade(row), clientOrderId: row.client_order_id }));
}

/** Ids of an order's trades, oldest first. */
export function readTradeIds(sql: SqlStorage, orderId: number): readonly number[] {
  return sql
    .exec<{ id: number }>('SELECT id FROM trades WHERE order_id = ? ORDER BY id', orderId)
    .toArray()
    .map((row) => row.id);
}

/** Positions with shares, and settled ones with a result. */
export function readPositions(sql: SqlStorage): readonly Position[] {
  return sql
    .exec<PositionRow>('SELECT * FROM positions WHERE shares > 0 ORDER BY token')
    .toArray()
    .map(toPosition);
}
