import { decodeJson, encodeJson } from '../../../shared/bigint-json.ts';
import { KEY_RETENTION_MS } from '../../../shared/limits/key-retention.ts';
import type { CommandName } from './command-name.ts';

export interface JournalEntry {
  readonly fingerprint: string;
  readonly state: 'pending' | 'sent' | 'done' | 'unknown';
  readonly outcome: unknown;
  readonly createdAt: number;
}

type Row = { fingerprint: string; state: string; outcome: string; created_at: number };
/** Rows deleted in one sweep: a bounded piece of work, the next alarm takes the rest. */
export const SWEEP_ROWS = 5_000;

/** SQL of the `journal` table. Outcomes are data with bigints, written so that they read back as they were. */
export class Journal {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  find(key: string): JournalEntry | undefined {
    const [row] = this.#sql
      .exec<Row>('SELECT fingerprint, state, outcome, created_at FROM journal WHERE key = ?', key)
      .toArray();
    if (!row) return undefined;
    return {
      fingerprint: row.fingerprint,
      // The column's CHECK has only these four.
      state: row.state as JournalEntry['state'],
      outcome: decodeJson(row.outcome),
      createdAt: row.created_at,
    };
  }

  /** Records an outcome. A later attempt under the same key, after an earlier one had no effect, takes its place. */
  record(identity: CommandName, outcome: unknown, now: number): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO journal (key, fingerprint, state, outcome, created_at) VALUES (?, ?, 'done', ?, ?)",
      identity.key,
      identity.fingerprint,
      encodeJson(outcome),
      now,
    );
  }

  /** Its outcome is told again now: it is kept, and known to an SDK's retry, as long as if that were the first time. */
  renew(key: string, now: number): void {
    this.#sql.exec('UPDATE journal SET created_at = ? WHERE key = ?', now, key);
  }

  /** Forgets what is older than the time that keys are kept. Returns when to come again; undefined when empty. */
  sweep(now: number): number | undefined {
    this.#sql.exec(
      'DELETE FROM journal WHERE key IN (SELECT key FROM journal WHERE created_at <= ? ORDER BY created_at LIMIT ?)',
      now - KEY_RETENTION_MS,
      SWEEP_ROWS,
    );
    const oldest = this.#sql
      .exec<{ at: number | null }>('SELECT MIN(created_at) AS at FROM journal')
      .one().at;
    return oldest === null ? undefined : oldest + KEY_RETENTION_MS;
  }
}
