/** One step of an object's schema. `id` grows by one; a step that has shipped is never edited. */
export interface Migration {
  readonly id: number;
  readonly sql: string;
}

/**
 * Brings an object's tables up to date, inside the constructor. Applied ids stand in a table of their own
 * (`PRAGMA user_version` is not available), and a step commits together with its row.
 */
export function migrate(storage: DurableObjectStorage, migrations: readonly Migration[]): void {
  storage.sql.exec(
    'CREATE TABLE IF NOT EXISTS migrations (id INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL)',
  );
  const [row] = storage.sql.exec<{ last: number | null }>('SELECT MAX(id) AS last FROM migrations').toArray();
  const last = row?.last ?? 0;
  for (const step of migrations) {
    if (step.id <= last) continue;
    storage.transactionSync(() => {
      storage.sql.exec(step.sql);
      storage.sql.exec('INSERT INTO migrations (id, applied_at) VALUES (?, ?)', step.id, Date.now());
    });
  }
}
