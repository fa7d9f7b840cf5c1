import type { Migration } from '../../storage/migrate.ts';

/** Commands on live venues: the states of docs/consistency.md, and the names under which each is found again. */
export const liveMigration: Migration = {
  id: 4,
  sql: `
    CREATE TABLE live_commands (
      id INTEGER PRIMARY KEY,
      venue TEXT NOT NULL CHECK (venue IN ('polymarket', 'kalshi')),
      state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'done', 'released', 'unknown')),
      tenant TEXT NOT NULL,
      account TEXT NOT NULL,
      key_id TEXT NOT NULL,
      request_id TEXT NOT NULL,
      stored INTEGER NOT NULL CHECK (stored IN (0, 1)),
      identity TEXT,
      order_id TEXT,
      sent TEXT,
      outcome TEXT,
      told TEXT CHECK (told IN ('outcome', 'unknown')),
      assumed TEXT CHECK (assumed IN ('in-flight', 'retryable-status', 'recent')),
      tries INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL,
      sent_at INTEGER,
      ended_at INTEGER,
      look_at INTEGER,
      CHECK (state NOT IN ('sent', 'unknown') OR (sent IS NOT NULL AND sent_at IS NOT NULL AND identity IS NOT NULL)),
      CHECK (state != 'done' OR outcome IS NOT NULL),
      CHECK ((state IN ('done', 'released')) = (ended_at IS NOT NULL))
    );
    CREATE INDEX live_due ON live_commands (look_at) WHERE look_at IS NOT NULL;
    CREATE INDEX live_ended ON live_commands (ended_at) WHERE ended_at IS NOT NULL;
    CREATE INDEX live_open ON live_commands (venue) WHERE state = 'unknown';
    CREATE INDEX live_orders ON live_commands (order_id) WHERE order_id IS NOT NULL;
    CREATE TABLE live_names (
      name TEXT PRIMARY KEY,
      fingerprint TEXT NOT NULL,
      command INTEGER NOT NULL REFERENCES live_commands (id)
    ) WITHOUT ROWID;
    CREATE INDEX live_names_command ON live_names (command);`,
};
