import type { Migration } from '../../storage/migrate.ts';

/** What a tenant keeps as a partner: each table has a row in docs/storage-schema.md. JSON stands in TEXT columns. */
export const partnerMigration: Migration = {
  id: 6,
  sql: `
    CREATE TABLE partner_settings (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      redirects TEXT NOT NULL,
      sender TEXT
    );
    CREATE TABLE trader_users (
      id INTEGER PRIMARY KEY,
      uuid TEXT NOT NULL UNIQUE,
      external_id TEXT NOT NULL UNIQUE,
      email TEXT NOT NULL,
      metadata TEXT NOT NULL,
      created_at INTEGER NOT NULL
    );
    CREATE TABLE partner_accounts (
      wallet INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      user INTEGER NOT NULL REFERENCES trader_users (id),
      external_id TEXT NOT NULL UNIQUE,
      stage TEXT NOT NULL CHECK (stage IN ('demo', 'challenge', 'funded')),
      starting_balance INTEGER NOT NULL CHECK (starting_balance > 0),
      rules TEXT NOT NULL,
      metadata TEXT NOT NULL,
      origin TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('opening', 'active', 'closed')),
      began_at INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    );
    CREATE INDEX partner_accounts_user ON partner_accounts (user, wallet);
    CREATE TABLE login_links (
      id TEXT PRIMARY KEY,
      user INTEGER NOT NULL REFERENCES trader_users (id),
      page TEXT NOT NULL,
      redirect TEXT,
      state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'used')),
      attempts INTEGER NOT NULL,
      next_at INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    );
    CREATE INDEX login_links_due ON login_links (next_at) WHERE state = 'queued';
    CREATE INDEX login_links_age ON login_links (created_at);
    CREATE TABLE login_tokens (
      hash TEXT PRIMARY KEY,
      link TEXT NOT NULL REFERENCES login_links (id),
      expires_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX login_tokens_link ON login_tokens (link);
    CREATE TABLE trader_sessions (
      hash TEXT PRIMARY KEY,
      user INTEGER NOT NULL REFERENCES trader_users (id),
      account TEXT,
      expires_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX trader_sessions_expiry ON trader_sessions (expires_at);`,
};
