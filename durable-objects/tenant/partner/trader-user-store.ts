import { firstNumber } from '../first-number.ts';
import type { JsonObject, TraderUser } from './partner-model.ts';

type Row = {
  id: number;
  uuid: string;
  external_id: string;
  email: string;
  metadata: string;
  created_at: number;
};

const toUser = (row: Row): TraderUser => ({
  id: row.id,
  uuid: row.uuid,
  externalId: row.external_id,
  email: row.email,
  // `insert` wrote it from an object.
  metadata: JSON.parse(row.metadata) as JsonObject,
  createdAt: row.created_at,
});

/** SQL of the `trader_users` table. Rows stay: an id never names another. */
export class TraderUserStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  insert(user: Omit<TraderUser, 'id'>): TraderUser {
    const { last } = this.#sql
      .exec<{ last: number | null }>('SELECT MAX(id) AS last FROM trader_users')
      .one();
    const id = last === null ? firstNumber() : last + 1;
    this.#sql.exec(
      `INSERT INTO trader_users (id, uuid, external_id, email, metadata, created_at) VALUES (?, ?, ?, ?, ?, ?)`,
      id,
      user.uuid,
      user.externalId,
      user.email,
      JSON.stringify(user.metadata),
      user.createdAt,
    );
    return { ...user, id };
  }

  find(id: number): TraderUser | undefined {
    return this.#all('SELECT * FROM trader_users WHERE id = ?', id)[0];
  }

  findExternal(externalId: string): TraderUser | undefined {
    return this.#all('SELECT * FROM trader_users WHERE external_id = ?', externalId)[0];
  }

  /** Up to `limit` users after a number, oldest first. */
  page(after: number, limit: number): readonly TraderUser[] {
    return this.#all('SELECT * FROM trader_users WHERE id > ? ORDER BY id LIMIT ?', after, limit);
  }

  #all(query: string, ...bindings: readonly (string | number)[]): readonly TraderUser[] {
    return this.#sql
      .exec<Row>(query, ...bindings)
      .toArray()
      .map(toUser);
  }
}
