import type { Permission } from '../../../shared/keys/permissions.ts';
import type { Tier } from '../../../shared/limits/tiers.ts';

/** A key as its tenant keeps it: never the key, only its hash and first characters. */
export interface StoredKey {
  readonly id: string;
  readonly hash: string;
  readonly kind: 'gateway' | 'l2';
  readonly prefix: string;
  readonly name: string | null;
  readonly tier: Tier;
  readonly permissions: readonly Permission[];
  readonly state: 'active' | 'revoked' | 'deactivated';
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** For kind l2: the address, nonce and generation that its triple is derived from. */
  readonly address: string | null;
  readonly nonce: string | null;
  readonly generation: number | null;
  /** Version of the tenant that the key's own object has been told. */
  readonly syncedVersion: number;
  /** The customer that the key acts for; null for a key of the tenant itself. */
  readonly customer: string | null;
}

type Row = {
  id: string;
  hash: string;
  kind: string;
  prefix: string;
  name: string | null;
  tier: string;
  permissions: string;
  state: string;
  created_at: number;
  expires_at: number | null;
  address: string | null;
  nonce: string | null;
  generation: number | null;
  synced_version: number;
  customer: string | null;
};

const toKey = (row: Row): StoredKey => ({
  id: row.id,
  hash: row.hash,
  // The casts in this function are of columns that only `insertKey` and `setState` write, from checked types.
  kind: row.kind as StoredKey['kind'],
  prefix: row.prefix,
  name: row.name,
  tier: row.tier as Tier,
  permissions: JSON.parse(row.permissions) as readonly Permission[],
  state: row.state as StoredKey['state'],
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  address: row.address,
  nonce: row.nonce,
  generation: row.generation,
  syncedVersion: row.synced_version,
  customer: row.customer,
});

/** SQL of the `keys` table, and nothing else. */
export class KeyStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  insert(key: StoredKey): void {
    this.#sql.exec(
      `INSERT INTO keys (id, hash, kind, prefix, name, tier, permissions, state, created_at, expires_at,
         address, nonce, generation, synced_version, customer)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      key.id,
      key.hash,
      key.kind,
      key.prefix,
      key.name,
      key.tier,
      JSON.stringify(key.permissions),
      key.state,
      key.createdAt,
      key.expiresAt,
      key.address,
      key.nonce,
      key.generation,
      key.syncedVersion,
      key.customer,
    );
  }

  /** The tenant's own keys that are not revoked, oldest first. Its customers' are not among them. */
  list(): readonly StoredKey[] {
    return this.#all(
      "SELECT * FROM keys WHERE state != 'revoked' AND customer IS NULL ORDER BY created_at, rowid",
    );
  }

  /** One of the tenant's own keys. */
  find(id: string): StoredKey | undefined {
    const key = this.findAny(id);
    return key?.customer === null ? key : undefined;
  }

  /** A key of the tenant or of one of its customers. */
  findAny(id: string): StoredKey | undefined {
    return this.#all("SELECT * FROM keys WHERE id = ? AND state != 'revoked'", id)[0];
  }

  /** The keys of a customer that are not revoked, newest first. */
  ofCustomer(customer: string): readonly StoredKey[] {
    return this.#all(
      "SELECT * FROM keys WHERE customer = ? AND state != 'revoked' ORDER BY created_at DESC, rowid DESC",
      customer,
    );
  }

  /** How many of the tenant's own keys stand: not revoked and not run out. A disabled key still stands. */
  countHeld(now: number): number {
    return this.#sql
      .exec<{ n: number }>(
        `SELECT COUNT(*) AS n FROM keys
         WHERE state != 'revoked' AND customer IS NULL AND (expires_at IS NULL OR expires_at > ?)`,
        now,
      )
      .one().n;
  }

  /** The newest L2 key of an address and nonce, revoked or not. */
  latestL2(address: string, nonce: string): StoredKey | undefined {
    return this.#all(
      "SELECT * FROM keys WHERE kind = 'l2' AND address = ? AND nonce = ? ORDER BY generation DESC LIMIT 1",
      address,
      nonce,
    )[0];
  }

  /** Keys whose own object has not been told the tenant's version yet. */
  unsynced(version: number, limit: number): readonly StoredKey[] {
    return this.#all(
      "SELECT * FROM keys WHERE synced_version < ? AND state != 'revoked' LIMIT ?",
      version,
      limit,
    );
  }

  setSynced(id: string, version: number): void {
    this.#sql.exec('UPDATE keys SET synced_version = MAX(synced_version, ?) WHERE id = ?', version, id);
  }

  setState(id: string, state: StoredKey['state']): void {
    this.#sql.exec('UPDATE keys SET state = ? WHERE id = ?', state, id);
  }

  setName(id: string, name: string): void {
    this.#sql.exec('UPDATE keys SET name = ? WHERE id = ?', name, id);
  }

  setExpiry(id: string, expiresAt: number): void {
    this.#sql.exec('UPDATE keys SET expires_at = ? WHERE id = ?', expiresAt, id);
  }

  #all(query: string, ...bindings: readonly (string | number)[]): readonly StoredKey[] {
    return this.#sql
      .exec<Row>(query, ...bindings)
      .toArray()
      .map(toKey);
  }
}
