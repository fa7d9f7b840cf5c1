/** An end user that a builder tenant owns (contract: router, "Builders"). */
export interface Customer {
  /** Grows with every customer: the order of listings. */
  readonly seq: number;
  /** UUID, the `customer_id` of the wire. */
  readonly id: string;
  /** The builder's own id for this end user; one live customer has it. */
  readonly externalId: string;
  readonly email: string | null;
  /** Requests a second. */
  readonly qpsLimit: number;
  /** Unix ms. */
  readonly createdAt: number;
}

/** How many customers a builder has, and what it has promised them together, in requests a second. */
export interface CustomerTotals {
  readonly count: number;
  readonly allocatedQps: number;
}

type Row = {
  seq: number;
  id: string;
  external_id: string;
  email: string | null;
  qps_limit: number;
  created_at: number;
};

const toCustomer = (row: Row): Customer => ({
  seq: row.seq,
  id: row.id,
  externalId: row.external_id,
  email: row.email,
  qpsLimit: row.qps_limit,
  createdAt: row.created_at,
});

/**
 * SQL of the `customers` table. A row is `active`, then `deleting` while its keys and credentials are destroyed,
 * then `deleted`: a tombstone without anything that names the person. Only active rows are found.
 */
export class CustomerStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  insert(customer: Omit<Customer, 'seq'>): Customer {
    const { seq } = this.#sql
      .exec<{ seq: number }>(
        `INSERT INTO customers (id, external_id, email, qps_limit, state, created_at)
         VALUES (?, ?, ?, ?, 'active', ?) RETURNING seq`,
        customer.id,
        customer.externalId,
        customer.email,
        customer.qpsLimit,
        customer.createdAt,
      )
      .one();
    return { ...customer, seq };
  }

  find(id: string): Customer | undefined {
    return this.#all("SELECT * FROM customers WHERE id = ? AND state = 'active'", id)[0];
  }

  findExternal(externalId: string): Customer | undefined {
    return this.#all("SELECT * FROM customers WHERE external_id = ? AND state = 'active'", externalId)[0];
  }

  /** Up to `limit` customers after a place in the order of creation. */
  page(after: number, limit: number): readonly Customer[] {
    return this.#all(
      "SELECT * FROM customers WHERE seq > ? AND state = 'active' ORDER BY seq LIMIT ?",
      after,
      limit,
    );
  }

  totals(): CustomerTotals {
    const { n, qps } = this.#sql
      .exec<{ n: number; qps: number }>(
        "SELECT COUNT(*) AS n, COALESCE(SUM(qps_limit), 0) AS qps FROM customers WHERE state = 'active'",
      )
      .one();
    return { count: n, allocatedQps: qps };
  }

  setQpsLimit(id: string, qpsLimit: number): void {
    this.#sql.exec("UPDATE customers SET qps_limit = ? WHERE id = ? AND state = 'active'", qpsLimit, id);
  }

  setDeleting(id: string, now: number): void {
    this.#sql.exec(
      "UPDATE customers SET state = 'deleting', deleted_at = ? WHERE id = ? AND state = 'active'",
      now,
      id,
    );
  }

  /** Ids of customers whose deletion has begun and not ended. */
  deleting(): readonly string[] {
    return this.#sql
      .exec<{ id: string }>("SELECT id FROM customers WHERE state = 'deleting' ORDER BY seq")
      .toArray()
      .map((row) => row.id);
  }

  /** When a deletion began, Unix ms; undefined where none is under way. */
  deletingSince(id: string): number | undefined {
    return this.#sql
      .exec<{ deleted_at: number }>(
        "SELECT deleted_at FROM customers WHERE id = ? AND state = 'deleting'",
        id,
      )
      .toArray()[0]?.deleted_at;
  }

  /** Ends a deletion: what is left tells when it was, and of whom nothing. */
  setDeleted(id: string): void {
    this.#sql.exec(
      "UPDATE customers SET state = 'deleted', external_id = NULL, email = NULL WHERE id = ? AND state = 'deleting'",
      id,
    );
  }

  #all(query: string, ...bindings: readonly (string | number)[]): readonly Customer[] {
    return this.#sql
      .exec<Row>(query, ...bindings)
      .toArray()
      .map(toCustomer);
  }
}
