import { KEY_RETENTION_MS } from '../../shared/limits/key-retention.ts';

/** What is known of the attempts under a key. */
export type AttemptState =
  | { readonly kind: 'none' }
  | { readonly kind: 'submitted' }
  /** Begun, and nobody has written down how it ended: the account knows it by these names. */
  | { readonly kind: 'unsettled'; readonly names: readonly string[] };

type Row = { names: string; state: string; at: number };

/**
 * Attempts of an auto session by their idempotency key (contract: agents, "Idempotency"). A row stands from before the
 * account is asked; it goes when the attempt had no effect outside, and the rest go with their run.
 */
export class Attempts {
  readonly #sql: SqlStorage;
  /** Of this instance, by run and key. */
  readonly #running = new Set<string>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  isRunning(run: number, key: string): boolean {
    return this.#running.has(`${run}/${key}`);
  }

  async during<T>(run: number, key: string, work: () => Promise<T>): Promise<T> {
    const name = `${run}/${key}`;
    this.#running.add(name);
    try {
      return await work();
    } finally {
      this.#running.delete(name);
    }
  }

  state(run: number, key: string, now: number): AttemptState {
    const [row] = this.#sql
      .exec<Row>('SELECT names, state, at FROM attempts WHERE run = ? AND key = ?', run, key)
      .toArray();
    if (!row) return { kind: 'none' };
    // The account forgets names after that time: what it cannot tell any more may have happened.
    if (row.state === 'submitted' || now - row.at >= KEY_RETENTION_MS) return { kind: 'submitted' };
    // `begin` wrote it.
    return { kind: 'unsettled', names: JSON.parse(row.names) as readonly string[] };
  }

  begin(run: number, key: string, names: readonly string[], now: number): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO attempts (run, key, names, state, at) VALUES (?, ?, ?, 'active', ?)",
      run,
      key,
      JSON.stringify(names),
      now,
    );
  }

  submitted(run: number, key: string): void {
    this.#sql.exec("UPDATE attempts SET state = 'submitted' WHERE run = ? AND key = ?", run, key);
  }

  /** It had no effect outside: the key is free. */
  released(run: number, key: string): void {
    this.#sql.exec('DELETE FROM attempts WHERE run = ? AND key = ?', run, key);
  }

  /** Keys are the run's: those of earlier ones name nothing any more. */
  sweep(run: number): void {
    this.#sql.exec('DELETE FROM attempts WHERE run < ?', run);
  }
}
