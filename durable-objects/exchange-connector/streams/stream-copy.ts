import { now } from '../../../shared/clock.ts';
import { isOpen, order, position, type Execution, type Order, type Position } from './wire.ts';

/** How long ended orders and ids of executions are kept: longer than any answer can be late or any gap be mended. */
export const KEEP_MS = 48 * 3_600_000;
const SWEEP_ROWS = 5_000;

/** SQL of the desk's orders, executions and positions: the edge copy, and nothing else. Balances are only cleared here. */
export class StreamCopy {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** A snapshot is all that is open: what it does not name has ended, whatever became of it. */
  replaceOrders(orders: readonly Order[]): void {
    this.#sql.exec('UPDATE orders SET open = 0 WHERE open = 1');
    for (const one of orders) this.putOrder(one, undefined);
  }

  putOrder(one: Order, text: string | undefined): void {
    this.#sql.exec(
      `INSERT INTO orders (id, clord_id, open, text, body, at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET clord_id = excluded.clord_id, open = excluded.open,
         text = COALESCE(excluded.text, text), body = excluded.body, at = excluded.at`,
      one.id,
      one.clord_id ?? null,
      isOpen(one) ? 1 : 0,
      text ?? null,
      JSON.stringify(one),
      now(),
    );
  }

  /** Applies an execution; false when it was applied before. */
  execute(one: Execution): boolean {
    const known = this.#sql.exec('SELECT 1 FROM executions WHERE id = ?', one.id).toArray().length > 0;
    if (known) return false;
    this.#sql.exec('INSERT INTO executions (id, at) VALUES (?, ?)', one.id, executedAt(one));
    if (one.order) this.putOrder(one.order, one.text);
    return true;
  }

  /**
   * Applies executions that were looked up on top of a snapshot that is older than they are: of one that was applied
   * before, the snapshot may have taken the order back. Returns those that are new.
   */
  catchUp(executions: readonly Execution[]): readonly Execution[] {
    return executions.filter((one) => {
      const isNew = this.execute(one);
      if (!isNew && one.order) this.putOrder(one.order, one.text);
      return isNew;
    });
  }

  /** When the newest execution that is known happened, Unix ms by the exchange's clock. */
  newestExecution(): number | undefined {
    const { at } = this.#sql.exec<{ at: number | null }>('SELECT MAX(at) AS at FROM executions').one();
    return at ?? undefined;
  }

  /** By age, as the exchange lists them. */
  openOrders(): readonly Order[] {
    return this.#sql
      .exec<{ body: string }>('SELECT body FROM orders WHERE open = 1 ORDER BY id')
      .toArray()
      .map(({ body }) => order.parse(JSON.parse(body)));
  }

  /** An order of any state, and what the exchange said of it last. */
  order(by: 'id' | 'clord_id', value: string): { readonly order: Order; readonly text?: string } | undefined {
    const [row] = this.#sql
      .exec<{ body: string; text: string | null }>(`SELECT body, text FROM orders WHERE ${by} = ?`, value)
      .toArray();
    if (!row) return undefined;
    return { order: order.parse(JSON.parse(row.body)), ...(row.text !== null && { text: row.text }) };
  }

  replacePositions(positions: readonly Position[]): void {
    this.#sql.exec('DELETE FROM positions');
    this.putPositions(positions);
  }

  putPositions(positions: readonly Position[]): void {
    for (const one of positions) {
      this.#sql.exec(
        'INSERT OR REPLACE INTO positions (account, symbol, body) VALUES (?, ?, ?)',
        one.account,
        one.symbol,
        JSON.stringify(one),
      );
    }
  }

  positions(): readonly Position[] {
    return this.#sql
      .exec<{ body: string }>('SELECT body FROM positions ORDER BY account, symbol')
      .toArray()
      .map(({ body }) => position.parse(JSON.parse(body)));
  }

  /** It was another user's. */
  clear(): void {
    for (const table of ['orders', 'executions', 'positions', 'balances'])
      this.#sql.exec(`DELETE FROM ${table}`);
  }

  sweep(at: number): void {
    const old = at - KEEP_MS;
    this.#sql.exec(
      'DELETE FROM executions WHERE id IN (SELECT id FROM executions WHERE at < ? ORDER BY at LIMIT ?)',
      old,
      SWEEP_ROWS,
    );
    this.#sql.exec(
      'DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE open = 0 AND at < ? ORDER BY at LIMIT ?)',
      old,
      SWEEP_ROWS,
    );
  }
}

function executedAt({ transact_time: time }: Execution): number {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? now() : at;
}
