import { now } from '../../../shared/clock.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../shared/keys/digest.ts';
import { generateKey, keyPrefix } from '../../../shared/keys/key-format.ts';
import { pauseAt } from '../../../shared/testing/fault-points.ts';
import { keyGate } from '../../rpc/stubs.ts';
import type { Actor } from '../actor.ts';
import type { KeyStore, StoredKey } from './key-store.ts';
import { snapshotOf } from '../profile.ts';
import type { TenantRecords } from '../tenant-records.ts';
import type { KeyChange } from '../../key-gate/api.ts';
import type { ChangeResult, KeyView, KeyIssued } from '../api.ts';

/** What a key carries, and whom it acts for. */
export type KeyRights = Pick<StoredKey, 'name' | 'tier' | 'permissions' | 'customer'> & {
  readonly account: string;
};

/** A rotated key works this long beside its successor (contract: errors and limits, "Keys"). */
export const ROTATION_OVERLAP_MS = 24 * 3_600_000;
/** Keys told of a change side by side; a tenant's own keys are few, its customers' may be many. */
const SYNC_BATCH = 50;

/**
 * The keys of a tenant and of its customers. A key's own object holds what the hot path needs; every change goes
 * to that object first and then into the tenant's table.
 */
export class KeyRing {
  readonly #records: TenantRecords;
  readonly #store: KeyStore;

  constructor(records: TenantRecords, store: KeyStore) {
    this.#records = records;
    this.#store = store;
  }

  /** A fresh gateway key. The raw key leaves here once and is stored nowhere. */
  mint(rights: KeyRights, actor: Actor): Promise<KeyIssued & { ok: true }> {
    // Keys of the local default are `test` keys, so that leak scanners can rank what they find.
    const rawKey = generateKey(this.#records.env.KEY_MODE === 'live' ? 'live' : 'test');
    const l2 = { kind: 'gateway' as const, address: null, nonce: null, generation: null };
    return this.register(rawKey, { ...rights, ...l2, id: crypto.randomUUID() }, actor);
  }

  /**
   * Writes the key's own object first: should the directory row then fail, a key exists that nobody was
   * given; the other way round a row would stand for a key that does not work.
   */
  async register(
    rawKey: string,
    key: KeyRights & Pick<StoredKey, 'id' | 'kind' | 'address' | 'nonce' | 'generation'>,
    actor: Actor,
  ): Promise<KeyIssued & { ok: true }> {
    const profile = this.#records.requireProfile();
    const hash = await sha256Hex(rawKey);
    const snapshot = snapshotOf(profile);
    const { account, ...stored } = key;
    await keyGate(this.#records.env, hash).issue({
      id: key.id,
      tenant: profile.tenant,
      ...(key.customer !== null && { customer: key.customer }),
      account,
      tier: key.tier,
      permissions: key.permissions,
      state: 'active',
      snapshot,
    });
    if (INSTRUMENTED) await pauseAt('tenant/key/gate-written');
    const row: StoredKey = {
      ...stored,
      hash,
      prefix: keyPrefix(rawKey),
      state: 'active',
      createdAt: now(),
      expiresAt: null,
      syncedVersion: snapshot.version,
    };
    this.#store.insert(row);
    this.#records.audit(actor, 'key.issue', key.id);
    if (INSTRUMENTED) await pauseAt('tenant/key/row-written');
    return { ok: true, rawKey, key: { ...row, lastUsedAt: null } };
  }

  async setState(key: StoredKey | undefined, state: StoredKey['state'], actor: Actor): Promise<ChangeResult> {
    if (!key) return noSuchKey();
    await this.#pushToGate(key, { state });
    this.#store.setState(key.id, state);
    this.#records.audit(actor, `key.${state}`, key.id);
    return { ok: true };
  }

  /** From `expiresAt` (Unix ms) on the key answers KEY_EXPIRED. */
  async setExpiry(
    key: StoredKey | undefined,
    expiresAt: number,
    actor: Actor,
    action = 'key.expiry',
  ): Promise<ChangeResult> {
    if (!key) return noSuchKey();
    await this.#pushToGate(key, { expiresAt });
    this.#store.setExpiry(key.id, expiresAt);
    this.#records.audit(actor, action, key.id);
    return { ok: true };
  }

  async view(key: StoredKey): Promise<KeyView> {
    const { hash, syncedVersion: _, ...rest } = key;
    return { ...rest, lastUsedAt: (await keyGate(this.#records.env, hash).lastUsedAt()) ?? null };
  }

  /** Tells every key that does not know the present version of the profile. Whether all know it now. */
  async sync(): Promise<boolean> {
    const profile = this.#records.requireProfile();
    const change: KeyChange = { snapshot: snapshotOf(profile) };
    for (;;) {
      const pending = this.#store.unsynced(profile.version, SYNC_BATCH);
      if (pending.length === 0) return true;
      const results = await Promise.allSettled(
        pending.map(async (key) => {
          await this.#pushToGate(key, change);
          this.#store.setSynced(key.id, profile.version);
        }),
      );
      if (results.some((result) => result.status === 'rejected')) return false;
    }
  }

  async #pushToGate(key: StoredKey, change: KeyChange): Promise<void> {
    await keyGate(this.#records.env, key.hash).change(change);
  }
}

export const noSuchKey = (): Failure => failure('NOT_FOUND', { message: 'Key not found' });
