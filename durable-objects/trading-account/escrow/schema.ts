import type { Migration } from '../../storage/migrate.ts';

/** Fees of orders, by the payer's order id. `wake_at`: when the alarm must look; NULL when nothing is left to do. */
export const escrowMigration: Migration = {
  id: 5,
  sql: `
    CREATE TABLE escrows (
      order_id TEXT PRIMARY KEY,
      command INTEGER NOT NULL,
      venue_order TEXT,
      tenant TEXT NOT NULL,
      account TEXT NOT NULL,
      key_id TEXT NOT NULL,
      request_id TEXT NOT NULL,
      record TEXT NOT NULL,
      tries INTEGER NOT NULL DEFAULT 0,
      wake_at INTEGER,
      created_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX escrows_command ON escrows (command);
    CREATE INDEX escrows_order ON escrows (venue_order) WHERE venue_order IS NOT NULL;
    CREATE INDEX escrows_due ON escrows (wake_at) WHERE wake_at IS NOT NULL;`,
};
