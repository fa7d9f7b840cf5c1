import { decodeJson, encodeJson } from '../../shared/bigint-json.ts';
import { KEY_RETENTION_MS as FORGOTTEN_MS } from '../../shared/limits/key-retention.ts';
import type { Suggestion, SuggestionStatus, Work } from '../../shared/agents/session-model.ts';

/** How long a suggestion that has ended is kept, so that whoever approves it late learns why it cannot be. */
const KEEP_MS = 7 * 24 * 3_600_000;
/** Rows deleted at once: a bounded piece of work. */
const SWEEP_ROWS = 1_000;

type Row = {
  id: number;
  run: number;
  work: string;
  names: string;
  status: string;
  created_at: number;
  expires_at: number | null;
};

export interface NewSuggestion {
  readonly run: number;
  readonly work: Work;
  readonly expiresAt: number | null;
}

/** SQL of the `suggestions` table. */
export class Suggestions {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  add({ run, work, expiresAt }: NewSuggestion, now: number): number {
    this.#sweep(now);
    return this.#sql
      .exec<{ id: number }>(
        `INSERT INTO suggestions (run, work, names, status, created_at, expires_at)
         VALUES (?, ?, '[]', 'open', ?, ?) RETURNING id`,
        run,
        encodeJson(work),
        now,
        expiresAt,
      )
      .one().id;
  }

  find(id: number, now: number): Suggestion | undefined {
    return this.#sql
      .exec<Row>('SELECT * FROM suggestions WHERE id = ?', id)
      .toArray()
      .map((row) => toSuggestion(row, now))[0];
  }

  /** Newest first, after the last one of the page before. */
  page(all: boolean, before: number | undefined, limit: number, now: number): readonly Suggestion[] {
    return this.#sql
      .exec<Row>(
        `SELECT * FROM suggestions
         WHERE id < ?1 AND (?2 OR (status = 'open' AND (expires_at IS NULL OR expires_at > ?3)))
         ORDER BY id DESC LIMIT ?4`,
        before ?? Number.MAX_SAFE_INTEGER,
        all ? 1 : 0,
        now,
        limit,
      )
      .toArray()
      .map((row) => toSuggestion(row, now));
  }

  /** Suggestions that wait for an answer. */
  open(now: number): number {
    return this.#sql
      .exec<{ n: number }>(
        `SELECT COUNT(*) AS n FROM suggestions
         WHERE status = 'open' AND (expires_at IS NULL OR expires_at > ?)`,
        now,
      )
      .one().n;
  }

  /** Names under which the account knows what is being executed; undefined where it has forgotten them. */
  names(id: number, now: number): readonly string[] | undefined {
    const { names, began_at } = this.#sql
      .exec<{ names: string; began_at: number | null }>(
        'SELECT names, began_at FROM suggestions WHERE id = ?',
        id,
      )
      .one();
    if (now - (began_at ?? now) >= FORGOTTEN_MS) return undefined;
    // `execute` wrote it.
    return JSON.parse(names) as readonly string[];
  }

  execute(id: number, names: readonly string[], now: number): void {
    this.#sql.exec(
      "UPDATE suggestions SET status = 'executing', names = ?, began_at = ? WHERE id = ?",
      JSON.stringify(names),
      now,
      id,
    );
  }

  /** Nothing has happened: it may be approved again, unless `run` is a later one, which has cleared what was open. */
  reopen(id: number, run: number, now: number): void {
    this.#sql.exec(
      `UPDATE suggestions SET status = CASE WHEN run < ?1 THEN 'cleared' ELSE 'open' END,
         ended_at = CASE WHEN run < ?1 THEN ?2 END WHERE id = ?3 AND status = 'executing'`,
      run,
      now,
      id,
    );
  }

  end(id: number, status: 'executed' | 'rejected', now: number): void {
    this.#sql.exec('UPDATE suggestions SET status = ?, ended_at = ? WHERE id = ?', status, now, id);
  }

  /** Clears what nobody has approved. Returns how many could still have been. */
  clear(now: number): number {
    const waiting = this.open(now);
    this.#sql.exec(
      "UPDATE suggestions SET ended_at = expires_at WHERE status = 'open' AND expires_at <= ?",
      now,
    );
    this.#sql.exec(
      "UPDATE suggestions SET status = 'cleared', ended_at = ? WHERE status = 'open' AND ended_at IS NULL",
      now,
    );
    return waiting;
  }

  #sweep(now: number): void {
    this.#sql.exec(
      'DELETE FROM suggestions WHERE id IN (SELECT id FROM suggestions WHERE ended_at <= ? LIMIT ?)',
      now - KEEP_MS,
      SWEEP_ROWS,
    );
  }
}

function toSuggestion(row: Row, now: number): Suggestion {
  // The column's CHECK has only members of the union.
  const status = row.status as SuggestionStatus;
  const expired = status === 'open' && row.expires_at !== null && row.expires_at <= now;
  return {
    id: row.id,
    run: row.run,
    // `add` wrote it.
    work: decodeJson(row.work) as Work,
    status: expired ? 'expired' : status,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
