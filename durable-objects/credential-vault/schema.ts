import type { Migration } from '../storage/migrate.ts';

/**
 * Tables of a CredentialVault; each has a row in docs/storage-schema.md. Wrapped keys stand in a table of their
 * own: rows that are small and of one size never move between pages, so that overwriting one with zeros leaves
 * no copy of it behind (see `CredentialStore.scrub`).
 */
export const migrations: readonly Migration[] = [
  {
    id: 1,
    sql: `
      CREATE TABLE credentials (
        venue TEXT PRIMARY KEY CHECK (venue IN ('polymarket', 'kalshi', 'builder')),
        id TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL CHECK (version > 0),
        commitment BLOB NOT NULL,
        nonce BLOB NOT NULL,
        ciphertext BLOB NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      );
      CREATE TABLE data_keys (
        venue TEXT PRIMARY KEY,
        root_version INTEGER NOT NULL,
        nonce BLOB NOT NULL,
        wrapped BLOB NOT NULL
      );
      CREATE TABLE audit (
        seq INTEGER PRIMARY KEY CHECK (seq > 0),
        at INTEGER NOT NULL,
        actor TEXT NOT NULL,
        operation TEXT NOT NULL,
        venue TEXT,
        credential TEXT,
        version INTEGER,
        outcome TEXT NOT NULL,
        request_id TEXT NOT NULL,
        hash BLOB NOT NULL
      );
      CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
      CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;`,
  },
  {
    // SQLite cannot change a CHECK. What the old table leaves on disk has lost its key once the credential is scrubbed.
    id: 2,
    sql: `
      CREATE TABLE credentials_2 (
        venue TEXT PRIMARY KEY CHECK (venue IN ('polymarket', 'kalshi', 'builder', 'exchange')),
        id TEXT NOT NULL UNIQUE,
        version INTEGER NOT NULL CHECK (version > 0),
        commitment BLOB NOT NULL,
        nonce BLOB NOT NULL,
        ciphertext BLOB NOT NULL,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      );
      INSERT INTO credentials_2 SELECT * FROM credentials;
      DROP TABLE credentials;
      ALTER TABLE credentials_2 RENAME TO credentials;`,
  },
];
