import { now } from '../../shared/clock.ts';
import type { Actor } from './actor.ts';
import { firstNumber } from './first-number.ts';
import type { TenantRecords } from './tenant-records.ts';

/** Numbers of the tenant's agent sessions, and whose each is. What a session is stands in its own object. */
export class AgentSessionIndex {
  readonly #records: TenantRecords;

  constructor(records: TenantRecords) {
    this.#records = records;
  }

  /** A number that nobody has had: the first one random, so that another tenant's practically never is one of these. */
  next(account: string, actor: Actor): number {
    const { sql } = this.#records.storage;
    const { last } = sql.exec<{ last: number | null }>('SELECT MAX(id) AS last FROM agent_sessions').one();
    const id = last === null ? firstNumber() : last + 1;
    sql.exec('INSERT INTO agent_sessions (id, account, created_at) VALUES (?, ?, ?)', id, account, now());
    this.#records.audit(actor, 'session.create', String(id));
    return id;
  }

  /** An account's sessions, newest first, before the last one of the page before. */
  list(account: string, before: number | undefined, limit: number): readonly number[] {
    return this.#records.storage.sql
      .exec<{ id: number }>(
        'SELECT id FROM agent_sessions WHERE account = ? AND id < ? ORDER BY id DESC LIMIT ?',
        account,
        before ?? Number.MAX_SAFE_INTEGER,
        limit,
      )
      .toArray()
      .map(({ id }) => id);
  }
}
