import type { Migration } from '../storage/migrate.ts';

/** Tables of the VaultRegistry; each has a row in docs/storage-schema.md. */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    sql: `
      CREATE TABLE accounts (
        account TEXT PRIMARY KEY,
        tenant TEXT NOT NULL,
        change INTEGER NOT NULL,
        tried INTEGER NOT NULL DEFAULT 0,
        failure TEXT
      );
      CREATE TABLE usage (
        root_version INTEGER NOT NULL,
        account TEXT NOT NULL,
        credentials INTEGER NOT NULL CHECK (credentials > 0),
        PRIMARY KEY (root_version, account)
      ) WITHOUT ROWID;
      CREATE INDEX usage_of_account ON usage (account);`,
  },
];
