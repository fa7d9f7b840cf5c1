import type { Migration } from '../storage/migrate.ts';

/** Tables of an ExchangeConnector; each has a row in docs/storage-schema.md. */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    sql: `
      CREATE TABLE instruments (
        symbol TEXT PRIMARY KEY,
        body TEXT NOT NULL,
        at INTEGER NOT NULL
      ) WITHOUT ROWID;`,
  },
];
