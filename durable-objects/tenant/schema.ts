import type { Migration } from '../storage/migrate.ts';
import { partnerMigration } from './partner/schema.ts';

/** Tables of a Tenant; each has a row in docs/storage-schema.md. */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    sql: `
      CREATE TABLE profile (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        tenant TEXT NOT NULL,
        name TEXT NOT NULL,
        tier TEXT NOT NULL,
        roles TEXT NOT NULL,
        admission TEXT NOT NULL,
        flagged INTEGER NOT NULL DEFAULT 0,
        under_review INTEGER NOT NULL DEFAULT 0,
        beta_cutoff INTEGER NOT NULL,
        wallet_address TEXT,
        owner TEXT,
        version INTEGER NOT NULL,
        created_at INTEGER NOT NULL
      );
      CREATE TABLE keys (
        id TEXT PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('gateway', 'l2')),
        prefix TEXT NOT NULL,
        name TEXT,
        tier TEXT NOT NULL,
        permissions TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('active', 'revoked', 'deactivated')),
        created_at INTEGER NOT NULL,
        expires_at INTEGER,
        address TEXT,
        nonce TEXT,
        generation INTEGER,
        synced_version INTEGER NOT NULL
      );
      CREATE INDEX keys_l2 ON keys (address, nonce, generation) WHERE kind = 'l2';
      CREATE TABLE audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT,
        request_id TEXT NOT NULL
      );`,
  },
  {
    id: 2,
    sql: `
      CREATE TABLE wallets (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        starting_balance INTEGER NOT NULL CHECK (starting_balance > 0),
        created_at INTEGER NOT NULL,
        deleted_at INTEGER
      );`,
  },
  {
    id: 3,
    sql: `
      ALTER TABLE keys ADD COLUMN customer TEXT;
      CREATE INDEX keys_customer ON keys (customer) WHERE customer IS NOT NULL;
      CREATE TABLE customers (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        external_id TEXT,
        email TEXT,
        qps_limit INTEGER NOT NULL CHECK (qps_limit > 0),
        state TEXT NOT NULL CHECK (state IN ('active', 'deleting', 'deleted')),
        created_at INTEGER NOT NULL,
        deleted_at INTEGER
      );
      CREATE UNIQUE INDEX customers_external ON customers (external_id) WHERE state = 'active';
      CREATE INDEX customers_deleting ON customers (seq) WHERE state = 'deleting';`,
  },
  {
    id: 4,
    sql: `
      CREATE TABLE requests (
        month TEXT NOT NULL,
        key TEXT NOT NULL,
        customer TEXT,
        requests INTEGER NOT NULL,
        PRIMARY KEY (month, key)
      ) WITHOUT ROWID;
      CREATE INDEX requests_customer ON requests (customer, month, requests) WHERE customer IS NOT NULL;`,
  },
  {
    id: 5,
    sql: `
      ALTER TABLE profile ADD COLUMN default_venue TEXT NOT NULL DEFAULT 'paper'
        CHECK (default_venue IN ('paper', 'polymarket'));`,
  },
  partnerMigration,
  {
    id: 7,
    sql: `
      CREATE TABLE escrow_orders (
        order_id TEXT PRIMARY KEY,
        account TEXT NOT NULL
      ) WITHOUT ROWID;`,
  },
  {
    id: 8,
    sql: `
      CREATE TABLE agent_sessions (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        created_at INTEGER NOT NULL
      );
      CREATE INDEX agent_sessions_account ON agent_sessions (account, id);`,
  },
];
