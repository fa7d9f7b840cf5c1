import type { CredentialVenue } from '../../../shared/vault/credential.ts';
import type { Sealed, WrappedKey } from './envelope.ts';
import type { RootUsage } from '../api.ts';

/** A sealed credential as it lies on disk, read in one turn: always one whole version. */
export interface StoredCredential extends Sealed {
  readonly venue: CredentialVenue;
  readonly id: string;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type Row = {
  venue: string;
  id: string;
  version: number;
  commitment: ArrayBuffer;
  nonce: ArrayBuffer;
  ciphertext: ArrayBuffer;
  created_at: number;
  updated_at: number;
  root_version: number;
  key_nonce: ArrayBuffer;
  wrapped: ArrayBuffer;
};

const SELECT = `SELECT c.*, k.root_version, k.nonce AS key_nonce, k.wrapped
  FROM credentials c JOIN data_keys k ON k.venue = c.venue`;

const bytes = (value: ArrayBuffer): Uint8Array<ArrayBuffer> => new Uint8Array(value);

const toCredential = (row: Row): StoredCredential => ({
  // The CHECK of the column.
  venue: row.venue as CredentialVenue,
  id: row.id,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  key: { rootVersion: row.root_version, nonce: bytes(row.key_nonce), wrapped: bytes(row.wrapped) },
  value: { commitment: bytes(row.commitment), nonce: bytes(row.nonce), ciphertext: bytes(row.ciphertext) },
});

/** SQL of the sealed credentials, and nothing else. */
export class CredentialStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  find(venue: CredentialVenue): StoredCredential | undefined {
    const [row] = this.#sql.exec<Row>(`${SELECT} WHERE c.venue = ?`, venue).toArray();
    return row && toCredential(row);
  }

  list(): readonly StoredCredential[] {
    return this.#sql.exec<Row>(`${SELECT} ORDER BY c.venue`).toArray().map(toCredential);
  }

  usage(): RootUsage {
    return this.#sql
      .exec<{ v: number; n: number }>('SELECT root_version v, COUNT(*) n FROM data_keys GROUP BY v')
      .toArray()
      .map(({ v, n }) => [v, n] as const);
  }

  /** Puts a credential in the place of what the venue had. */
  put(credential: StoredCredential): void {
    const { venue, key, value } = credential;
    this.scrub(venue);
    this.#sql.exec(
      `INSERT INTO credentials (venue, id, version, commitment, nonce, ciphertext, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      venue,
      credential.id,
      credential.version,
      value.commitment,
      value.nonce,
      value.ciphertext,
      credential.createdAt,
      credential.updatedAt,
    );
    this.#insertKey(venue, key);
  }

  /** Replaces a wrapped key, unless the credential is no longer the one that it was made for. */
  rewrap(before: StoredCredential, key: WrappedKey): boolean {
    const now = this.find(before.venue);
    if (now?.id !== before.id || now.version !== before.version) return false;
    if (now.key.rootVersion !== before.key.rootVersion) return false;
    this.#dropKey(before.venue);
    this.#insertKey(before.venue, key);
    return true;
  }

  /**
   * Removes a credential so that its bytes are gone from the file, not only from the table: SQLite overwrites a
   * value of the same length in place, and leaves a deleted one where it was. Durable Objects allow neither
   * `secure_delete` nor VACUUM. Whether there was one.
   */
  scrub(venue: CredentialVenue): boolean {
    this.#dropKey(venue);
    this.#sql.exec(
      `UPDATE credentials SET commitment = zeroblob(length(commitment)), nonce = zeroblob(length(nonce)),
         ciphertext = zeroblob(length(ciphertext)) WHERE venue = ?`,
      venue,
    );
    return this.#sql.exec('DELETE FROM credentials WHERE venue = ?', venue).rowsWritten > 0;
  }

  #insertKey(venue: CredentialVenue, { rootVersion, nonce, wrapped }: WrappedKey): void {
    const values = [venue, rootVersion, nonce, wrapped] as const;
    this.#sql.exec(
      'INSERT INTO data_keys (venue, root_version, nonce, wrapped) VALUES (?, ?, ?, ?)',
      ...values,
    );
  }

  #dropKey(venue: CredentialVenue): void {
    this.#sql.exec('UPDATE data_keys SET wrapped = zeroblob(length(wrapped)) WHERE venue = ?', venue);
    this.#sql.exec('DELETE FROM data_keys WHERE venue = ?', venue);
  }
}
