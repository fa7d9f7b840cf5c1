import { fromSql, toSql, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import type { Allocation, Holding } from './model.ts';

type AllocationRow = { session: number; wallet: string; granted: number; cash: number; cash_out: number };
type HoldingRow = {
  token: string;
  market: string;
  outcome: string;
  shares: number;
  shares_out: number;
  cost: number;
  realised: number;
  closed_cost: number;
};

/** SQL of `allocations` and `holdings`, and nothing else. */
export class AllocationTables {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  count(): number {
    return this.#sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM allocations').one().n;
  }

  find(session: number): Allocation | undefined {
    const [row] = this.#sql
      .exec<AllocationRow>('SELECT * FROM allocations WHERE session = ?', session)
      .toArray();
    return row && toAllocation(row);
  }

  insert(session: number, wallet: string, amount: Micro, at: number): void {
    this.#sql.exec(
      'INSERT INTO allocations (session, wallet, granted, cash, opened_at) VALUES (?, ?, ?, ?, ?)',
      session,
      wallet,
      toSql(amount),
      toSql(amount),
      at,
    );
  }

  setCash({ session, cash, cashOut }: Allocation): void {
    this.#sql.exec(
      'UPDATE allocations SET cash = ?, cash_out = ? WHERE session = ?',
      toSql(cash),
      toSql(cashOut),
      session,
    );
  }

  /** With what its commands held back: what they bring now is nobody's but the account's. */
  remove(session: number): void {
    this.#sql.exec('DELETE FROM claims WHERE session = ?', session);
    this.#sql.exec('DELETE FROM holdings WHERE session = ?', session);
    this.#sql.exec('DELETE FROM allocations WHERE session = ?', session);
  }

  removeAll(wallet: string): void {
    this.#sql.exec(
      'DELETE FROM holdings WHERE session IN (SELECT session FROM allocations WHERE wallet = ?)',
      wallet,
    );
    this.#sql.exec('DELETE FROM allocations WHERE wallet = ?', wallet);
  }

  /** Σ cash of all sessions, held back or not. */
  cash(wallet: string): Micro {
    const { sum } = this.#sql
      .exec<{ sum: number | null }>(
        'SELECT SUM(cash + cash_out) AS sum FROM allocations WHERE wallet = ?',
        wallet,
      )
      .one();
    return fromSql(sum ?? 0);
  }

  /** Σ shares of a token that sessions hold. */
  shares(wallet: string, token: string): Micro {
    const { sum } = this.#sql
      .exec<{ sum: number | null }>(
        `SELECT SUM(shares) AS sum FROM holdings JOIN allocations USING (session)
         WHERE token = ? AND wallet = ?`,
        token,
        wallet,
      )
      .one();
    return fromSql(sum ?? 0);
  }

  /** Sessions that hold shares of a market. */
  holders(wallet: string, market: string): readonly number[] {
    return this.#sql
      .exec<{ session: number }>(
        `SELECT DISTINCT session FROM holdings JOIN allocations USING (session)
         WHERE market = ? AND wallet = ? AND shares > 0 ORDER BY session`,
        market,
        wallet,
      )
      .toArray()
      .map(({ session }) => session);
  }

  /** What a session holds; those that it has sold wholly are left out. */
  holdings(session: number): readonly Holding[] {
    return this.#sql
      .exec<HoldingRow>('SELECT * FROM holdings WHERE session = ? AND shares > 0 ORDER BY token', session)
      .toArray()
      .map(toHolding);
  }

  holding(session: number, token: string): Holding | undefined {
    return this.#sql
      .exec<HoldingRow>('SELECT * FROM holdings WHERE session = ? AND token = ?', session, token)
      .toArray()
      .map(toHolding)[0];
  }

  setHolding(session: number, holding: Holding): void {
    this.#sql.exec(
      `INSERT INTO holdings (session, token, market, outcome, shares, shares_out, cost, realised, closed_cost)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (session, token) DO UPDATE SET shares = excluded.shares, shares_out = excluded.shares_out,
         cost = excluded.cost, realised = excluded.realised, closed_cost = excluded.closed_cost`,
      session,
      holding.token,
      holding.market,
      holding.outcome,
      toSql(holding.shares),
      toSql(holding.sharesOut),
      toSql(holding.cost),
      toSql(holding.realised),
      toSql(holding.closedCost),
    );
  }
}

const toAllocation = (row: AllocationRow): Allocation => ({
  session: row.session,
  wallet: row.wallet,
  granted: fromSql(row.granted),
  cash: fromSql(row.cash),
  cashOut: fromSql(row.cash_out),
});

const toHolding = (row: HoldingRow): Holding => ({
  token: row.token,
  market: row.market,
  outcome: row.outcome,
  shares: fromSql(row.shares),
  sharesOut: fromSql(row.shares_out),
  cost: fromSql(row.cost),
  realised: fromSql(row.realised),
  closedCost: fromSql(row.closed_cost),
});

export const emptyHolding = (traded: Pick<Holding, 'token' | 'market' | 'outcome'>): Holding => ({
  ...traded,
  shares: ZERO,
  sharesOut: ZERO,
  cost: ZERO,
  realised: ZERO,
  closedCost: ZERO,
});
