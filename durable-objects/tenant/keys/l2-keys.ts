import { now } from '../../../shared/clock.ts';
import { failure } from '../../../shared/errors/failure.ts';
import { deriveApiKeyId } from '../../../shared/keys/l2-triple.ts';
import type { Actor } from '../actor.ts';
import { grantRights, issuanceGate, MAX_ACTIVE_KEYS } from './key-issuance.ts';
import type { KeyRing } from './key-ring.ts';
import type { KeyStore } from './key-store.ts';
import { tooManyKeys } from './tenant-keys.ts';
import { tenantAccountId } from '../../../shared/keys/account-ids.ts';
import type { TenantRecords } from '../tenant-records.ts';
import type { L2KeyIssued } from '../api.ts';

/** Keys of Polymarket clients, made by a wallet's L1 signature (contract: clob, "L1 and L2"). */
export class L2Keys {
  readonly #records: TenantRecords;
  readonly #store: KeyStore;
  readonly #ring: KeyRing;
  readonly #admitItself: (actor: Actor) => Promise<void>;

  constructor(
    records: TenantRecords,
    store: KeyStore,
    ring: KeyRing,
    admitItself: (actor: Actor) => Promise<void>,
  ) {
    this.#records = records;
    this.#store = store;
    this.#ring = ring;
    this.#admitItself = admitItself;
  }

  /** One key per address and nonce; refused when the caller should derive the one that exists. */
  async create(address: string, nonce: string, selfServe: boolean, actor: Actor): Promise<L2KeyIssued> {
    const { profile } = this.#records;
    if (!profile) return failure('INVALID_KEY');
    const closed = issuanceGate(profile, selfServe);
    if (closed) return closed;
    const latest = this.#store.latestL2(address, nonce);
    if (latest && latest.state !== 'revoked') {
      return failure('BOOTSTRAP_NOT_ALLOWED', {
        message: 'Could not create api key: derive the one that exists',
      });
    }
    if (this.#store.countHeld(now()) >= MAX_ACTIVE_KEYS) return tooManyKeys();
    const granted = grantRights(profile, {});
    if (!granted.ok) return granted;
    await this.#admitItself(actor);
    const generation = (latest?.generation ?? 0) + 1;
    const apiKey = await deriveApiKeyId(this.#records.env.L2_ROOT_SECRET, address, nonce, generation);
    const { tier, permissions } = granted;
    const rights = {
      name: null,
      tier,
      permissions,
      customer: null,
      account: tenantAccountId(profile.tenant),
    };
    await this.#ring.register(
      apiKey,
      { ...rights, kind: 'l2', address, nonce, generation, id: apiKey },
      actor,
    );
    return { ok: true, apiKey };
  }

  /** The id of the key that exists for this address and nonce. */
  derive(address: string, nonce: string): L2KeyIssued {
    const { profile } = this.#records;
    if (profile?.flagged === true || profile?.underReview === true) return failure('ACCESS_RESTRICTED');
    const latest = this.#store.latestL2(address, nonce);
    if (!latest || latest.state === 'revoked') {
      return failure('NOT_FOUND', { message: 'Could not derive api key!' });
    }
    return { ok: true, apiKey: latest.id };
  }

  /** The address that a key was made for: its triple is derived from it. */
  address(id: string): string | undefined {
    const key = this.#store.find(id);
    return key?.kind === 'l2' ? (key.address ?? undefined) : undefined;
  }

  /** Ids of the live keys of an address. */
  list(address: string): readonly string[] {
    return this.#store
      .list()
      .filter((key) => key.kind === 'l2' && key.address === address)
      .map((key) => key.id);
  }
}
