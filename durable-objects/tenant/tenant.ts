import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../../workers/gateway/env.ts';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import { now } from '../../shared/clock.ts';
import { sha256Hex } from '../../shared/keys/digest.ts';
import type { Micro } from '../../shared/money/fixed.ts';
import { generateKey, keyPrefix } from '../../shared/keys/format.ts';
import { deriveApiKeyId } from '../../shared/keys/l2.ts';
import { pauseAt } from '../../shared/testing/fault-points.ts';
import type { KeyGate } from '../key-gate/key-gate.ts';
import type { KeyChange } from '../key-gate/record.ts';
import { migrate } from '../storage/migrate.ts';
import { accountObject, directory, keyGate, type Remote } from '../stubs.ts';
import { grant, issuanceGate, MAX_ACTIVE_KEYS, type KeyRequest } from './issuance.ts';
import { KeyStore, type StoredKey } from './key-store.ts';
import {
  accountOf,
  readProfile,
  snapshotOf,
  writeProfile,
  type Profile,
  type ProfileChange,
} from './profile.ts';
import { migrations } from './schema.ts';
import { walletAccountOf, walletGate, WalletStore, type Wallet } from './wallets.ts';

/** Who asks for a change, for the audit log. */
export interface Actor {
  /** Key id, `jwt`, `l1:<address>` or `operator`. */
  readonly id: string;
  readonly requestId: string;
}

/** A key as its owner sees it in listings. */
export interface KeyView extends Omit<StoredKey, 'hash' | 'syncedVersion'> {
  readonly lastUsedAt: number | null;
}

export type Issued = { readonly ok: true; readonly rawKey: string; readonly key: KeyView } | Failure;
export type L2Issued = { readonly ok: true; readonly apiKey: string } | Failure;
export interface IssueOptions {
  /** Only while the tenant has no key. */
  readonly bootstrap?: boolean;
  /** The operator's global setting. */
  readonly selfServe?: boolean;
  /** The operator issues: the beta's gates do not hold for it. */
  readonly admitted?: boolean;
}
export type WalletFound = { readonly ok: true; readonly wallet: Wallet } | Failure;
type Found = { readonly ok: true; readonly key: KeyView } | Failure;

/** A rotated key works this long beside its successor (contract: errors and limits, "Keys"). */
const ROTATION_OVERLAP_MS = 24 * 3_600_000;
/** Keys told of a change side by side; a tenant's own keys are few, its customers' may be many. */
const SYNC_BATCH = 50;
/** Pause before keys that could not be told are tried again: well inside the 5 s that a change may take. */
const SYNC_RETRY_MS = 1_000;

/**
 * One organisation: its profile, the directory of its keys, its audit log. A key's own object holds what the
 * hot path needs; this object tells it of every change, and an alarm repeats what did not arrive.
 */
export class Tenant extends DurableObject {
  readonly #keys: KeyStore;
  readonly #wallets: WalletStore;
  #profile: Profile | undefined;
  /** Tail of the queue of changes: see `#inTurn`. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, migrations);
    this.#keys = new KeyStore(ctx.storage.sql);
    this.#wallets = new WalletStore(ctx.storage.sql);
    this.#profile = readProfile(ctx.storage.sql);
  }

  profile(): Profile | undefined {
    return this.#profile;
  }

  /** Creates the tenant; a second call changes nothing and returns what stands. */
  create(input: Omit<Profile, 'version' | 'createdAt'>, actor: Actor): Profile {
    if (this.#profile) return this.#profile;
    const profile = { ...input, version: 1, createdAt: now() };
    this.#save(profile, actor, 'tenant.create');
    return profile;
  }

  /** Applies an operator's change and tells every key. Returns when the keys know, or will by the alarm. */
  async update(change: ProfileChange, actor: Actor): Promise<Profile | undefined> {
    return this.#inTurn(async () => {
      const current = this.#profile;
      if (!current) return undefined;
      const next = { ...current, ...change, version: current.version + 1 };
      this.#save(next, actor, 'tenant.update');
      await this.#sync();
      return next;
    });
  }

  /** Issues a gateway key. The raw key leaves here once and is stored nowhere. */
  async issueKey(request: KeyRequest, options: IssueOptions, actor: Actor): Promise<Issued> {
    return this.#inTurn(() => this.#issueKey(request, options, actor));
  }

  async #issueKey(request: KeyRequest, options: IssueOptions, actor: Actor): Promise<Issued> {
    const profile = this.#profile;
    if (!profile) return failure('INVALID_TOKEN');
    const closed = options.admitted === true ? undefined : issuanceGate(profile, options.selfServe === true);
    if (closed) return closed;
    const held = this.#keys.countHeld(now());
    if (options.bootstrap === true && held > 0) return failure('BOOTSTRAP_NOT_ALLOWED');
    if (held >= MAX_ACTIVE_KEYS) return tooManyKeys();
    const granted = grant(profile, request);
    if (!granted.ok) return granted;
    if (options.admitted !== true) await this.#admitItself(actor);
    return this.#mint(
      { name: request.name ?? null, tier: granted.tier, permissions: granted.permissions },
      actor,
    );
  }

  async listKeys(): Promise<readonly KeyView[]> {
    return Promise.all(this.#keys.list().map((key) => this.#view(key)));
  }

  async renameKey(id: string, name: string, actor: Actor): Promise<Found> {
    return this.#inTurn(() => this.#renameKey(id, name, actor));
  }

  async #renameKey(id: string, name: string, actor: Actor): Promise<Found> {
    const key = this.#keys.find(id);
    if (!key) return noSuchKey();
    this.#keys.setName(id, name);
    this.#audit(actor, 'key.rename', id);
    return { ok: true, key: await this.#view({ ...key, name }) };
  }

  /** A new key with the same rights; the old one goes on for a day. */
  async rotateKey(id: string, actor: Actor): Promise<Issued> {
    return this.#inTurn(() => this.#rotateKey(id, actor));
  }

  async #rotateKey(id: string, actor: Actor): Promise<Issued> {
    const key = this.#keys.find(id);
    if (!key || key.kind !== 'gateway' || key.state !== 'active') return noSuchKey();
    if (key.expiresAt !== null) return alreadyRotated();
    // One successor above the cap while the old key runs out; never more than that for each key.
    if (this.#keys.countHeld(now()) >= 2 * MAX_ACTIVE_KEYS) return tooManyKeys();
    const expiresAt = now() + ROTATION_OVERLAP_MS;
    const issued = await this.#mint({ name: key.name, tier: key.tier, permissions: key.permissions }, actor);
    await this.#gate(key.hash).change({ expiresAt });
    this.#keys.setExpiry(id, expiresAt);
    this.#audit(actor, 'key.rotate', id);
    return issued;
  }

  /** Revokes for good. The key's own object knows before this returns. */
  async revokeKey(id: string, actor: Actor): Promise<{ readonly ok: true } | Failure> {
    return this.#inTurn(() => this.#setState(id, 'revoked', actor));
  }

  /** An operator's switch: `deactivated` answers KEY_DEACTIVATED until it is `active` again. */
  async setKeyState(
    id: string,
    state: 'active' | 'deactivated',
    actor: Actor,
  ): Promise<{ readonly ok: true } | Failure> {
    return this.#inTurn(() => this.#setState(id, state, actor));
  }

  /** An operator's date: from it on the key answers KEY_EXPIRED. */
  async setKeyExpiry(id: string, expiresAt: number, actor: Actor): Promise<{ readonly ok: true } | Failure> {
    return this.#inTurn(async () => {
      const key = this.#keys.find(id);
      if (!key) return noSuchKey();
      await this.#gate(key.hash).change({ expiresAt });
      this.#keys.setExpiry(id, expiresAt);
      this.#audit(actor, 'key.expiry', id);
      return { ok: true };
    });
  }

  /** L1 create: one key per address and nonce. `exists` when the caller should derive instead. */
  async createL2Key(address: string, nonce: string, selfServe: boolean, actor: Actor): Promise<L2Issued> {
    return this.#inTurn(() => this.#createL2Key(address, nonce, selfServe, actor));
  }

  async #createL2Key(address: string, nonce: string, selfServe: boolean, actor: Actor): Promise<L2Issued> {
    const profile = this.#profile;
    if (!profile) return failure('INVALID_KEY');
    const closed = issuanceGate(profile, selfServe);
    if (closed) return closed;
    const latest = this.#keys.latestL2(address, nonce);
    if (latest && latest.state !== 'revoked') {
      return failure('BOOTSTRAP_NOT_ALLOWED', {
        message: 'Could not create api key: derive the one that exists',
      });
    }
    if (this.#keys.countHeld(now()) >= MAX_ACTIVE_KEYS) return tooManyKeys();
    const granted = grant(profile, {});
    if (!granted.ok) return granted;
    await this.#admitItself(actor);
    const generation = (latest?.generation ?? 0) + 1;
    const apiKey = await deriveApiKeyId(this.env.L2_ROOT_SECRET, address, nonce, generation);
    const rights = { name: null, tier: granted.tier, permissions: granted.permissions };
    await this.#register(apiKey, { ...rights, kind: 'l2', address, nonce, generation, id: apiKey }, actor);
    return { ok: true, apiKey };
  }

  /** L1 derive: the id of the key that exists for this address and nonce. */
  deriveL2Key(address: string, nonce: string): L2Issued {
    if (this.#profile?.flagged === true || this.#profile?.underReview === true)
      return failure('ACCESS_RESTRICTED');
    const latest = this.#keys.latestL2(address, nonce);
    if (!latest || latest.state === 'revoked') {
      return failure('NOT_FOUND', { message: 'Could not derive api key!' });
    }
    return { ok: true, apiKey: latest.id };
  }

  /** The address that an L2 key was made for: its triple is derived from it. */
  l2Address(id: string): string | undefined {
    const key = this.#keys.find(id);
    return key?.kind === 'l2' ? (key.address ?? undefined) : undefined;
  }

  /** Ids of the live L2 keys of an address. */
  listL2Keys(address: string): readonly string[] {
    return this.#keys
      .list()
      .filter((key) => key.kind === 'l2' && key.address === address)
      .map((key) => key.id);
  }

  listWallets(): readonly Wallet[] {
    return this.#wallets.list();
  }

  /** A wallet of this tenant; WALLET_NOT_FOUND for any other id. */
  wallet(id: number): WalletFound {
    const wallet = this.#wallets.find(id);
    return wallet ? { ok: true, wallet } : failure('WALLET_NOT_FOUND');
  }

  /** Opens a sandbox wallet with its first deposit; UPGRADE_REQUIRED above the plan's cap. */
  async createWallet(name: string, deposit: Micro, actor: Actor): Promise<WalletFound> {
    return this.#inTurn(async () => {
      const profile = this.#require();
      const full = walletGate(profile, this.#wallets.list().length, now());
      if (full) return full;
      const id = this.#wallets.nextId();
      // The account first: cut short here, the next attempt finds the same id free and its account unused.
      await accountObject(this.env, walletAccountOf(profile.tenant, id)).open(deposit);
      if (INSTRUMENTED) await pauseAt('tenant/wallet/account-opened');
      const wallet = { id, name, startingBalance: deposit, createdAt: now() };
      this.#wallets.insert(wallet);
      this.#audit(actor, 'wallet.create', String(id));
      if (INSTRUMENTED) await pauseAt('tenant/wallet/row-written');
      return { ok: true, wallet };
    });
  }

  renameWallet(id: number, name: string, actor: Actor): WalletFound {
    const found = this.wallet(id);
    if (!found.ok) return found;
    this.#wallets.setName(id, name);
    this.#audit(actor, 'wallet.rename', String(id));
    return { ok: true, wallet: { ...found.wallet, name } };
  }

  /** Removes a wallet. Nobody reaches its account any more; the caller ends what rests there. */
  removeWallet(id: number, actor: Actor): WalletFound {
    const found = this.wallet(id);
    if (!found.ok) return found;
    this.#wallets.remove(id, now());
    this.#audit(actor, 'wallet.delete', String(id));
    return found;
  }

  override async alarm(): Promise<void> {
    await this.#inTurn(() => this.#sync());
  }

  /**
   * Runs changes one after another. They wait for keys' objects, and between check and write no other change
   * may come in: two would otherwise both see room for the last key, or a new key miss a new version.
   */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(change);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** A free tenant that issues its first key while self-serve issuance is on has admitted itself. */
  async #admitItself(actor: Actor): Promise<void> {
    const profile = this.#require();
    if (profile.admission !== 'none') return;
    this.#save({ ...profile, admission: 'self_serve', version: profile.version + 1 }, actor, 'tenant.admit');
    await this.#sync();
    await directory(this.env, 'global').enlist(profile.tenant, 'self_serve');
  }

  #mint(
    rights: Pick<StoredKey, 'name' | 'tier' | 'permissions'>,
    actor: Actor,
  ): Promise<Issued & { ok: true }> {
    // Keys of the local default are `test` keys, so that leak scanners can rank what they find.
    const rawKey = generateKey(this.env.KEY_MODE === 'live' ? 'live' : 'test');
    const l2 = { kind: 'gateway' as const, address: null, nonce: null, generation: null };
    return this.#register(rawKey, { ...rights, ...l2, id: crypto.randomUUID() }, actor);
  }

  /**
   * Writes the key's own object first: should the directory row then fail, a key exists that nobody was
   * given; the other way round a row would stand for a key that does not work.
   */
  async #register(
    rawKey: string,
    key: Pick<
      StoredKey,
      'id' | 'kind' | 'name' | 'tier' | 'permissions' | 'address' | 'nonce' | 'generation'
    >,
    actor: Actor,
  ): Promise<Issued & { ok: true }> {
    const profile = this.#require();
    const hash = await sha256Hex(rawKey);
    const snapshot = snapshotOf(profile);
    await this.#gate(hash).issue({
      id: key.id,
      tenant: profile.tenant,
      account: accountOf(profile.tenant),
      tier: key.tier,
      permissions: key.permissions,
      state: 'active',
      snapshot,
    });
    if (INSTRUMENTED) await pauseAt('tenant/key/gate-written');
    const row: StoredKey = {
      ...key,
      hash,
      prefix: keyPrefix(rawKey),
      state: 'active',
      createdAt: now(),
      expiresAt: null,
      syncedVersion: snapshot.version,
    };
    this.#keys.insert(row);
    this.#audit(actor, 'key.issue', key.id);
    if (INSTRUMENTED) await pauseAt('tenant/key/row-written');
    return { ok: true, rawKey, key: { ...row, lastUsedAt: null } };
  }

  async #setState(
    id: string,
    state: StoredKey['state'],
    actor: Actor,
  ): Promise<{ readonly ok: true } | Failure> {
    const key = this.#keys.find(id);
    if (!key) return noSuchKey();
    await this.#gate(key.hash).change({ state });
    this.#keys.setState(id, state);
    this.#audit(actor, `key.${state}`, id);
    return { ok: true };
  }

  /** Tells every key that does not know the present version; what fails is tried again by the alarm. */
  async #sync(): Promise<void> {
    const profile = this.#require();
    const change: KeyChange = { snapshot: snapshotOf(profile) };
    const pending = this.#keys.unsynced(profile.version, SYNC_BATCH);
    await this.ctx.storage.setAlarm(Date.now() + SYNC_RETRY_MS);
    const results = await Promise.allSettled(
      pending.map(async (key) => {
        await this.#gate(key.hash).change(change);
        this.#keys.setSynced(key.id, profile.version);
      }),
    );
    const failed = results.some((result) => result.status === 'rejected');
    if (failed) return;
    if (pending.length === SYNC_BATCH) return this.#sync();
    await this.ctx.storage.deleteAlarm();
  }

  async #view(key: StoredKey): Promise<KeyView> {
    const { hash, syncedVersion: _, ...rest } = key;
    return { ...rest, lastUsedAt: (await this.#gate(hash).lastUsedAt()) ?? null };
  }

  #save(profile: Profile, actor: Actor, action: string): void {
    writeProfile(this.ctx.storage.sql, profile);
    this.#profile = profile;
    this.#audit(actor, action, profile.tenant);
  }

  #audit(actor: Actor, action: string, subject: string): void {
    this.ctx.storage.sql.exec(
      'INSERT INTO audit (at, actor, action, subject, request_id) VALUES (?, ?, ?, ?, ?)',
      now(),
      actor.id,
      action,
      subject,
      actor.requestId,
    );
  }

  #gate(hash: string): Remote<KeyGate> {
    return keyGate(this.env, hash);
  }

  #require(): Profile {
    if (!this.#profile) throw new Error('tenant does not exist');
    return this.#profile;
  }
}

const noSuchKey = (): Failure => failure('NOT_FOUND', { message: 'Key not found' });
const alreadyRotated = (): Failure =>
  failure('VALIDATION_FAILED', {
    message: 'This key was rotated already: rotate its successor',
    status: 400,
  });
const tooManyKeys = (): Failure =>
  failure('VALIDATION_FAILED', {
    message: `At most ${MAX_ACTIVE_KEYS} active keys: revoke one first`,
    status: 400,
  });
