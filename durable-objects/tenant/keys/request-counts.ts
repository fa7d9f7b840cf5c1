/** Requests that a key has let pass in a month, `YYYY-MM`; `customer`: whose key it is, null for the tenant's own. */
export interface KeyRequests {
  readonly key: string;
  readonly customer: string | null;
  readonly month: string;
  readonly requests: number;
}

/** Months that are kept: a year to compare with, and the one that runs. */
const MONTHS_KEPT = 13;

/** SQL of the `requests` table: one row for each key and month. */
export class RequestCounts {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Keeps the higher of two counts, so that a report which comes twice or late changes nothing. */
  put({ key, customer, month, requests }: KeyRequests): void {
    const { rowsWritten } = this.#sql.exec(
      `INSERT INTO requests (month, key, customer, requests) VALUES (?, ?, ?, ?)
       ON CONFLICT (month, key) DO UPDATE SET requests = MAX(requests, excluded.requests)`,
      month,
      key,
      customer,
      requests,
    );
    if (rowsWritten > 0) this.#sweep();
  }

  /** Of all keys of the tenant, or of one customer's. */
  sum(month: string, customer: string | undefined): number {
    const [row] =
      customer === undefined
        ? this.#sql
            .exec<{ total: number }>(
              'SELECT COALESCE(SUM(requests), 0) AS total FROM requests WHERE month = ?',
              month,
            )
            .toArray()
        : this.#sql
            .exec<{ total: number }>(
              'SELECT COALESCE(SUM(requests), 0) AS total FROM requests WHERE customer = ? AND month = ?',
              customer,
              month,
            )
            .toArray();
    return row?.total ?? 0;
  }

  #sweep(): void {
    this.#sql.exec(
      'DELETE FROM requests WHERE month < (SELECT month FROM (SELECT DISTINCT month FROM requests) ORDER BY month DESC LIMIT 1 OFFSET ?)',
      MONTHS_KEPT - 1,
    );
  }
}
