import type { Migration } from '../storage/migrate.ts';

/** Tables of an AgentSession; each has a row in docs/storage-schema.md. */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    sql: `
      CREATE TABLE attempts (
        run INTEGER NOT NULL,
        key TEXT NOT NULL,
        names TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('active', 'submitted')),
        at INTEGER NOT NULL,
        PRIMARY KEY (run, key)
      ) WITHOUT ROWID;
      CREATE TABLE suggestions (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER NOT NULL,
        work TEXT NOT NULL,
        names TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('open', 'executing', 'executed', 'rejected', 'cleared')),
        created_at INTEGER NOT NULL,
        expires_at INTEGER,
        began_at INTEGER,
        ended_at INTEGER
      );
      CREATE INDEX suggestions_open ON suggestions (id) WHERE status = 'open';
      CREATE INDEX suggestions_ended ON suggestions (ended_at) WHERE ended_at IS NOT NULL;`,
  },
];
