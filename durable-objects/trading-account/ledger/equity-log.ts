import { fromSql, toSql, type Micro } from '../../../shared/money/fixed.ts';
import { hourOf } from '../../../shared/money/portfolio-prices.ts';

/** What the account was worth at a moment: the first one seen in its hour. */
export interface EquityPoint {
  readonly equity: Micro;
  /** Unix ms. */
  readonly at: number;
}

type Row = { equity: number; at: number };

/** SQL of the `equity` table. */
export class EquityLog {
  readonly #sql: SqlStorage;
  /** The hour that this instance knows to have a point, so that a busy account does not ask each time. */
  #noted: number | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Whether the present hour has no point yet. */
  isDue(now: number): boolean {
    const hour = hourOf(now);
    if (this.#noted === hour) return false;
    const known = this.#sql.exec('SELECT 1 FROM equity WHERE hour = ?', hour).toArray().length > 0;
    if (known) this.#noted = hour;
    return !known;
  }

  /** Keeps the point of this hour; the first one stays. */
  note(equity: Micro, now: number): void {
    this.#sql.exec(
      'INSERT OR IGNORE INTO equity (hour, equity, at) VALUES (?, ?, ?)',
      hourOf(now),
      toSql(equity),
      now,
    );
    this.#noted = hourOf(now);
  }

  /** The newest points, oldest first; of those before an hour, if asked. */
  latest(limit: number, before = Number.MAX_SAFE_INTEGER): readonly EquityPoint[] {
    return this.#sql
      .exec<Row>('SELECT equity, at FROM equity WHERE hour < ? ORDER BY hour DESC LIMIT ?', before, limit)
      .toArray()
      .map((row) => ({ equity: fromSql(row.equity), at: row.at }))
      .toReversed();
  }
}
