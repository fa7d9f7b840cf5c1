import { now } from '../../../shared/clock.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { operatorPermissions, type Permission } from '../../../shared/keys/permissions.ts';
import type { Actor } from '../actor.ts';
import { grantRights, issuanceGate, MAX_ACTIVE_KEYS, type KeyRequest } from './key-issuance.ts';
import { noSuchKey, ROTATION_OVERLAP_MS, type KeyRing } from './key-ring.ts';
import type { KeyStore } from './key-store.ts';
import { tenantAccountId } from '../../../shared/keys/account-ids.ts';
import type { TenantRecords } from '../tenant-records.ts';
import type { KeyIssued, KeyView, KeyFound, IssueOptions } from '../api.ts';

/** The keys that a tenant itself holds (contract: errors and limits, "Keys"). */
export class TenantKeys {
  readonly #records: TenantRecords;
  readonly #store: KeyStore;
  readonly #ring: KeyRing;
  /** Admits a free tenant that issues its first key while self-serve issuance is on. */
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

  async issue(request: KeyRequest, options: IssueOptions, actor: Actor): Promise<KeyIssued> {
    const { profile } = this.#records;
    if (!profile) return failure('INVALID_TOKEN');
    const closed = options.admitted === true ? undefined : issuanceGate(profile, options.selfServe === true);
    if (closed) return closed;
    const held = this.#store.countHeld(now());
    if (options.bootstrap === true && held > 0) return failure('BOOTSTRAP_NOT_ALLOWED');
    if (held >= MAX_ACTIVE_KEYS) return tooManyKeys();
    const granted = grantRights(profile, request, options.admitted === true);
    if (!granted.ok) return granted;
    if (options.admitted !== true) await this.#admitItself(actor);
    const { tier, permissions } = granted;
    const account = tenantAccountId(profile.tenant);
    return this.#ring.mint({ name: request.name ?? null, tier, permissions, customer: null, account }, actor);
  }

  async list(): Promise<readonly KeyView[]> {
    return Promise.all(this.#store.list().map((key) => this.#ring.view(key)));
  }

  async rename(id: string, name: string, actor: Actor): Promise<KeyFound> {
    const key = this.#store.find(id);
    if (!key) return noSuchKey();
    this.#store.setName(id, name);
    this.#records.audit(actor, 'key.rename', id);
    return { ok: true, key: await this.#ring.view({ ...key, name }) };
  }

  /**
   * A new key with the same rights; the old one goes on for a day. Any credential of the tenant may ask for it, as it may
   * issue any key; but what only an operator gives it gets by rotation only if it has that itself.
   */
  async rotate(id: string, held: readonly Permission[], actor: Actor): Promise<KeyIssued> {
    const key = this.#store.find(id);
    if (!key || key.kind !== 'gateway' || key.state !== 'active') return noSuchKey();
    if (key.expiresAt !== null) return alreadyRotated();
    const beyond = operatorPermissions.find(
      (permission) => key.permissions.includes(permission) && !held.includes(permission),
    );
    if (beyond !== undefined) {
      return failure('INSUFFICIENT_PERMISSION', { message: `Only a key with ${beyond} rotates this one` });
    }
    // One successor above the cap while the old key runs out; never more than that for each key.
    if (this.#store.countHeld(now()) >= 2 * MAX_ACTIVE_KEYS) return tooManyKeys();
    const { name, tier, permissions } = key;
    const account = tenantAccountId(this.#records.requireProfile().tenant);
    const issued = await this.#ring.mint({ name, tier, permissions, customer: null, account }, actor);
    await this.#ring.setExpiry(key, now() + ROTATION_OVERLAP_MS, actor, 'key.rotate');
    return issued;
  }
}

const alreadyRotated = (): Failure =>
  failure('VALIDATION_FAILED', {
    message: 'This key was rotated already: rotate its successor',
    status: 400,
  });

export const tooManyKeys = (): Failure =>
  failure('VALIDATION_FAILED', {
    message: `At most ${MAX_ACTIVE_KEYS} active keys: revoke one first`,
    status: 400,
  });
