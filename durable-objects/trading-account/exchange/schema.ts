import type { Migration } from '../../storage/migrate.ts';

/** Commands to the institutional exchange: the states of docs/consistency.md, and the names of each. */
export const exchangeMigration: Migration = {
  id: 6,
  sql: `
    CREATE TABLE exchange_commands (
      id INTEGER PRIMARY KEY,
      state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'done', 'released', 'unknown')),
      rpc TEXT NOT NULL,
      refs TEXT NOT NULL,
      tenant TEXT NOT NULL,
      account TEXT NOT NULL,
      key_id TEXT NOT NULL,
      request_id TEXT NOT NULL,
      identity TEXT NOT NULL,
      reply TEXT,
      tries INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL,
      sent_at INTEGER,
      ended_at INTEGER,
      look_at INTEGER,
      CHECK (state NOT IN ('sent', 'unknown') OR sent_at IS NOT NULL),
      CHECK (state != 'done' OR reply IS NOT NULL),
      CHECK ((state IN ('done', 'released')) = (ended_at IS NOT NULL))
    );
    CREATE INDEX exchange_due ON exchange_commands (look_at) WHERE look_at IS NOT NULL;
    CREATE INDEX exchange_ended ON exchange_commands (ended_at) WHERE ended_at IS NOT NULL;
    CREATE TABLE exchange_names (
      name TEXT PRIMARY KEY,
      fingerprint TEXT NOT NULL,
      command INTEGER NOT NULL REFERENCES exchange_commands (id)
    ) WITHOUT ROWID;
    CREATE INDEX exchange_names_command ON exchange_names (command);`,
};
