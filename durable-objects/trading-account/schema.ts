import { allocationsMigration } from './allocations/schema.ts';
import { escrowMigration } from './escrow/schema.ts';
import { exchangeMigration } from './exchange/schema.ts';
import { liveMigration } from './live/schema.ts';
import type { Migration } from '../storage/migrate.ts';

/**
 * Tables of a TradingAccount; each has a row in docs/storage-schema.md. Amounts are micro-units (`toSql`).
 * Orders and trades are never deleted, so the plain row id never repeats and needs no AUTOINCREMENT table.
 * Invariant of `account`: cash + reserved + fees + Σ positions.cost = deposits + realised.
 */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    sql: `
      CREATE TABLE account (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        cash INTEGER NOT NULL CHECK (cash >= 0),
        reserved INTEGER NOT NULL CHECK (reserved >= 0),
        fees INTEGER NOT NULL CHECK (fees >= 0),
        deposits INTEGER NOT NULL,
        realised INTEGER NOT NULL
      );
      CREATE TABLE positions (
        token TEXT PRIMARY KEY,
        market TEXT NOT NULL,
        outcome TEXT NOT NULL,
        shares INTEGER NOT NULL CHECK (shares >= 0),
        reserved INTEGER NOT NULL CHECK (reserved >= 0 AND reserved <= shares),
        cost INTEGER NOT NULL CHECK (cost >= 0),
        realised INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE orders (
        id INTEGER PRIMARY KEY,
        token TEXT NOT NULL,
        market TEXT NOT NULL,
        outcome TEXT NOT NULL,
        side TEXT NOT NULL CHECK (side IN ('BUY', 'SELL')),
        tif TEXT NOT NULL CHECK (tif IN ('GTC', 'GTD', 'FOK', 'FAK')),
        price INTEGER NOT NULL,
        size INTEGER NOT NULL CHECK (size > 0),
        filled INTEGER NOT NULL CHECK (filled >= 0 AND filled <= size),
        reserved INTEGER NOT NULL CHECK (reserved >= 0),
        status TEXT NOT NULL CHECK (status IN ('open', 'filled', 'cancelled', 'expired')),
        expires_at INTEGER,
        owner TEXT NOT NULL,
        maker TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      );
      CREATE INDEX orders_open ON orders (token, id) WHERE status = 'open';
      CREATE TABLE trades (
        id INTEGER PRIMARY KEY,
        order_id INTEGER NOT NULL REFERENCES orders (id),
        token TEXT NOT NULL,
        market TEXT NOT NULL,
        outcome TEXT NOT NULL,
        side TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('TAKER', 'MAKER')),
        shares INTEGER NOT NULL CHECK (shares > 0),
        notional INTEGER NOT NULL CHECK (notional >= 0),
        fee INTEGER NOT NULL CHECK (fee >= 0),
        realised INTEGER NOT NULL,
        at INTEGER NOT NULL
      );
      CREATE INDEX trades_order ON trades (order_id);`,
  },
  {
    id: 2,
    sql: `
      ALTER TABLE orders ADD COLUMN kind TEXT NOT NULL DEFAULT 'limit' CHECK (kind IN ('limit', 'market'));
      ALTER TABLE orders ADD COLUMN client_order_id TEXT;
      ALTER TABLE positions ADD COLUMN settled INTEGER;
      CREATE TABLE journal (
        key TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'done', 'unknown')),
        outcome TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX journal_age ON journal (created_at);
      CREATE TABLE redemptions (
        id INTEGER PRIMARY KEY,
        token TEXT NOT NULL,
        shares INTEGER NOT NULL CHECK (shares > 0),
        payout INTEGER NOT NULL CHECK (payout >= 0),
        cost INTEGER NOT NULL CHECK (cost >= 0),
        at INTEGER NOT NULL
      );
`,
  },
  {
    id: 3,
    sql: `
      CREATE TABLE equity (
        hour INTEGER PRIMARY KEY,
        equity INTEGER NOT NULL,
        at INTEGER NOT NULL
      );`,
  },
  liveMigration,
  escrowMigration,
  exchangeMigration,
  allocationsMigration,
];
