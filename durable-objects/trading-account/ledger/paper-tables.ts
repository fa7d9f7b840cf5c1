import { fromSql, toSql, type Micro } from '../../../shared/money/fixed.ts';
import type { Money, NewOrder, Order, OrderStatus, Position, Trade } from './model.ts';
import { toOrder, toPosition, type OrderRow, type PositionRow } from './paper-rows.ts';

type MoneyRow = { cash: number; reserved: number; fees: number; deposits: number; realised: number };

/** A change of an order: what was filled, what it holds back now, and where it stands. */
export interface OrderChange {
  readonly filled: Micro;
  readonly reserved: Micro;
  readonly status: OrderStatus;
}

/** SQL of the paper account's tables, and nothing else. `Ledger` is what the rules work on. */
export class PaperTables {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  money(): Money | undefined {
    const [row] = this.#sql
      .exec<MoneyRow>('SELECT cash, reserved, fees, deposits, realised FROM account WHERE id = 1')
      .toArray();
    if (!row) return undefined;
    return {
      cash: fromSql(row.cash),
      reserved: fromSql(row.reserved),
      fees: fromSql(row.fees),
      deposits: fromSql(row.deposits),
      realised: fromSql(row.realised),
    };
  }

  setMoney(money: Money): void {
    this.#sql.exec(
      `INSERT INTO account (id, cash, reserved, fees, deposits, realised) VALUES (1, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET cash = excluded.cash, reserved = excluded.reserved, fees = excluded.fees,
         deposits = excluded.deposits, realised = excluded.realised`,
      toSql(money.cash),
      toSql(money.reserved),
      toSql(money.fees),
      toSql(money.deposits),
      toSql(money.realised),
    );
  }

  position(token: string): Position | undefined {
    return this.#sql
      .exec<PositionRow>('SELECT * FROM positions WHERE token = ?', token)
      .toArray()
      .map(toPosition)[0];
  }

  setPosition(position: Position): void {
    this.#sql.exec(
      `INSERT INTO positions (token, market, outcome, shares, reserved, cost, realised, settled)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (token) DO UPDATE SET shares = excluded.shares, reserved = excluded.reserved,
         cost = excluded.cost, realised = excluded.realised, settled = excluded.settled`,
      position.token,
      position.market,
      position.outcome,
      toSql(position.shares),
      toSql(position.reserved),
      toSql(position.cost),
      toSql(position.realised),
      position.settled === null ? null : toSql(position.settled),
    );
  }

  insertOrder(order: NewOrder): Order {
    const { id } = this.#sql
      .exec<{ id: number }>(
        `INSERT INTO orders (token, market, outcome, side, tif, kind, client_order_id, price, size, filled, reserved,
           status, expires_at, owner, maker, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        order.token,
        order.market,
        order.outcome,
        order.side,
        order.tif,
        order.kind,
        order.clientOrderId,
        toSql(order.price),
        toSql(order.size),
        toSql(order.filled),
        toSql(order.reserved),
        order.status,
        order.expiresAt,
        order.owner,
        order.maker,
        order.createdAt,
        order.updatedAt,
      )
      .one();
    return { ...order, id };
  }

  changeOrder(order: Order, change: OrderChange, now: number): Order {
    this.#sql.exec(
      'UPDATE orders SET filled = ?, reserved = ?, status = ?, updated_at = ? WHERE id = ?',
      toSql(change.filled),
      toSql(change.reserved),
      change.status,
      now,
      order.id,
    );
    return { ...order, ...change, updatedAt: now };
  }

  insertTrade(trade: Omit<Trade, 'id'>): Trade {
    const { id } = this.#sql
      .exec<{ id: number }>(
        `INSERT INTO trades (order_id, token, market, outcome, side, role, shares, notional, fee, realised, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        trade.orderId,
        trade.token,
        trade.market,
        trade.outcome,
        trade.side,
        trade.role,
        toSql(trade.shares),
        toSql(trade.notional),
        toSql(trade.fee),
        toSql(trade.realised),
        trade.at,
      )
      .one();
    return { ...trade, id };
  }

  order(id: number): Order | undefined {
    return this.#sql.exec<OrderRow>('SELECT * FROM orders WHERE id = ?', id).toArray().map(toOrder)[0];
  }

  /** Open orders in the order of their arrival. */
  openOrders(): readonly Order[] {
    return this.#sql
      .exec<OrderRow>("SELECT * FROM orders WHERE status = 'open' ORDER BY id")
      .toArray()
      .map(toOrder);
  }

  insertRedemption(row: {
    readonly token: string;
    readonly shares: Micro;
    readonly payout: Micro;
    readonly cost: Micro;
    readonly at: number;
  }): number {
    const { id } = this.#sql
      .exec<{ id: number }>(
        'INSERT INTO redemptions (token, shares, payout, cost, at) VALUES (?, ?, ?, ?, ?) RETURNING id',
        row.token,
        toSql(row.shares),
        toSql(row.payout),
        toSql(row.cost),
        row.at,
      )
      .one();
    return id;
  }

  holdsUnsettled(): boolean {
    return (
      this.#sql.exec('SELECT 1 FROM positions WHERE shares > 0 AND settled IS NULL LIMIT 1').toArray()
        .length > 0
    );
  }

  /** Tokens of positions whose market has not been seen to resolve. */
  unsettledTokens(): readonly string[] {
    return this.#sql
      .exec<{ token: string }>('SELECT token FROM positions WHERE shares > 0 AND settled IS NULL')
      .toArray()
      .map((row) => row.token);
  }

  hasOpenOrders(): boolean {
    return this.#sql.exec("SELECT 1 FROM orders WHERE status = 'open' LIMIT 1").toArray().length > 0;
  }

  /** Σ cost of all positions, in micro-USD. */
  totalCost(): Micro {
    const { cost } = this.#sql
      .exec<{ cost: number }>('SELECT COALESCE(SUM(cost), 0) AS cost FROM positions')
      .one();
    return fromSql(cost);
  }

  /** Deletes every position and returns the tokens of those that had shares. */
  removePositions(): readonly string[] {
    const held = this.#sql.exec<{ token: string }>('SELECT token FROM positions WHERE shares > 0').toArray();
    this.#sql.exec('DELETE FROM positions');
    return held.map((row) => row.token);
  }

  /** Whether any order was ever placed. */
  isUsed(): boolean {
    return this.#sql.exec('SELECT 1 FROM orders LIMIT 1').toArray().length > 0;
  }
}
