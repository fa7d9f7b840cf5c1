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
      ) WITHOUT ROWID;
      CREATE TABLE streams (
        name TEXT PRIMARY KEY,
        epoch TEXT,
        seq INTEGER NOT NULL DEFAULT 0,
        own_seq INTEGER NOT NULL DEFAULT 0,
        loaded INTEGER NOT NULL DEFAULT 0 CHECK (loaded IN (0, 1)),
        gapped INTEGER NOT NULL DEFAULT 0 CHECK (gapped IN (0, 1)),
        as_of TEXT
      ) WITHOUT ROWID;
      CREATE TABLE events (
        stream TEXT NOT NULL,
        seq INTEGER NOT NULL,
        at TEXT NOT NULL,
        type TEXT NOT NULL CHECK (type IN ('snapshot', 'update', 'gap')),
        body TEXT NOT NULL,
        PRIMARY KEY (stream, seq)
      ) WITHOUT ROWID;
      CREATE TABLE orders (
        id TEXT PRIMARY KEY,
        clord_id TEXT,
        open INTEGER NOT NULL CHECK (open IN (0, 1)),
        text TEXT,
        body TEXT NOT NULL,
        at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX orders_clord ON orders (clord_id);
      CREATE INDEX orders_open ON orders (open) WHERE open = 1;
      CREATE INDEX orders_age ON orders (at) WHERE open = 0;
      CREATE TABLE executions (
        id TEXT PRIMARY KEY,
        at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX executions_age ON executions (at);
      CREATE TABLE positions (
        account TEXT NOT NULL,
        symbol TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (account, symbol)
      ) WITHOUT ROWID;
      CREATE TABLE books (
        symbol TEXT PRIMARY KEY,
        body TEXT NOT NULL,
        at TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE balances (
        name TEXT PRIMARY KEY,
        body TEXT NOT NULL,
        marker TEXT NOT NULL,
        at INTEGER NOT NULL
      ) WITHOUT ROWID;`,
  },
  {
    id: 2,
    // Books are kept in memory; of their streams only how far the numbers go.
    sql: `
      DROP TABLE books;
      UPDATE streams SET epoch = NULL, seq = 0, loaded = 0, gapped = 0, as_of = NULL WHERE name LIKE 'md:%';`,
  },
  {
    id: 3,
    // A connection by which a relay dialled in outlives the object.
    sql: 'ALTER TABLE streams ADD COLUMN live INTEGER NOT NULL DEFAULT 0 CHECK (live IN (0, 1));',
  },
  {
    id: 4,
    // A snapshot may be longer than a row.
    sql: `
      CREATE TABLE event_parts (
        stream TEXT NOT NULL,
        seq INTEGER NOT NULL,
        part INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (stream, seq, part)
      ) WITHOUT ROWID;`,
  },
];
