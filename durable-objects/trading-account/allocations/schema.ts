import type { Migration } from '../../storage/migrate.ts';

/**
 * What of the account's wallets is set aside for agents' sessions. `cash` is what a session may still spend and
 * `cash_out`, `shares_out` what its commands on a live venue hold back until it is known what became of them.
 */
export const allocationsMigration: Migration = {
  id: 7,
  sql: `
    CREATE TABLE allocations (
      session INTEGER PRIMARY KEY,
      wallet TEXT NOT NULL,
      granted INTEGER NOT NULL CHECK (granted >= 0),
      cash INTEGER NOT NULL CHECK (cash >= 0),
      cash_out INTEGER NOT NULL DEFAULT 0 CHECK (cash_out >= 0),
      opened_at INTEGER NOT NULL
    );
    CREATE TABLE holdings (
      session INTEGER NOT NULL REFERENCES allocations (session),
      token TEXT NOT NULL,
      market TEXT NOT NULL,
      outcome TEXT NOT NULL,
      shares INTEGER NOT NULL CHECK (shares >= 0),
      shares_out INTEGER NOT NULL DEFAULT 0 CHECK (shares_out >= 0 AND shares_out <= shares),
      cost INTEGER NOT NULL CHECK (cost >= 0),
      realised INTEGER NOT NULL,
      closed_cost INTEGER NOT NULL CHECK (closed_cost >= 0),
      PRIMARY KEY (session, token)
    ) WITHOUT ROWID;
    CREATE INDEX holdings_token ON holdings (token);
    CREATE INDEX holdings_market ON holdings (market);
    CREATE TABLE claims (
      command INTEGER PRIMARY KEY,
      session INTEGER,
      claim TEXT NOT NULL
    );`,
};
