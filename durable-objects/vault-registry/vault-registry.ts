import { DurableObject } from 'cloudflare:workers';
import type { Actor } from '../../shared/vault/request.ts';
import type { RotationStatus } from '../../shared/vault/port.ts';
import { refusal, VaultRefusal, type VaultResult } from '../../shared/vault/result.ts';
import type { VaultObjectEnv } from '../vault-bindings.ts';
import { RootKeyring } from '../vault-access/root-keys.ts';
import { migrate } from '../storage/migrate.ts';
import { credentialVault } from '../rpc/vault-stubs.ts';
import { AccountList, type StaleAccount } from './accounts.ts';
import { migrations } from './schema.ts';
import { describeRotation, type Sweep } from './status.ts';
import type { RootKeys } from '../credential-vault/api.ts';
import type { VaultRegistryApi, UsageReport } from './api.ts';

/** Accounts re-wrapped side by side: where all objects share a thread, a signature waits for as many of them. */
const BATCH = 4;
/** Batches between two alarms, which are slow to come: half a second of work or so. */
const BATCHES = 50;
/** Attempts at an account that fails; an instance with yesterday's root keys is gone after a few. */
const MAX_ATTEMPTS = 6;
/** Pause before a second attempt; it doubles with each one. */
const RETRY_MS = 1_000;

/**
 * Which accounts have credentials, and under which root versions (decision 9). It is asked when credentials
 * change and during a rotation, never on the way of a signature.
 */
export class VaultRegistry extends DurableObject<VaultObjectEnv> implements VaultRegistryApi {
  readonly #accounts: AccountList;

  constructor(ctx: DurableObjectState, env: VaultObjectEnv) {
    super(ctx, env);
    migrate(ctx.storage, migrations);
    this.#accounts = new AccountList(ctx.storage.sql);
  }

  /**
   * Takes an account's numbers. `sealing`: the version that it is about to seal under; ROOT_VERSION_STALE for
   * one that a rotation has left behind, which an instance with old root keys could otherwise bring back.
   */
  report(report: UsageReport & { readonly sealing?: number }): VaultResult<object> {
    const floor = this.#sweep()?.target ?? 0;
    if (report.sealing !== undefined && report.sealing < floor)
      return refusal('ROOT_VERSION_STALE', `root version ${report.sealing} is being replaced by ${floor}`);
    this.ctx.storage.transactionSync(() => this.#accounts.apply(report));
    return { ok: true };
  }

  async status(): Promise<RotationStatus> {
    const roots = await this.#roots();
    return describeRotation(roots, this.#sweep(), this.#accounts);
  }

  /** Starts a sweep to the highest version. One that runs to it already goes on; a finished one looks again. */
  async start(actor: Actor): Promise<VaultResult<{ readonly status: RotationStatus }>> {
    const roots = await this.#roots();
    if (roots instanceof VaultRefusal) return roots.failure;
    const sweep = this.#sweep();
    if (sweep && sweep.target > roots.current) {
      const message = `root version ${sweep.target} is missing from VAULT_ROOT_KEYS: a rotation to it was started`;
      return refusal('ROOT_VERSION_MISSING', message);
    }
    if (!sweep || sweep.finishedAt !== null || sweep.target < roots.current) {
      const { keyId, requestId } = actor;
      const next = {
        target: roots.current,
        attempt: 1,
        startedAt: Date.now(),
        finishedAt: null,
        keyId,
        requestId,
      };
      this.ctx.storage.transactionSync(() => {
        this.#accounts.forgetTries();
        this.ctx.storage.kv.put<Sweep>('sweep', next);
      });
    }
    await this.ctx.storage.setAlarm(Date.now());
    return { ok: true, status: describeRotation(roots, this.#sweep(), this.#accounts) };
  }

  /** Some batches of the sweep, then the next alarm. Cut short anywhere, it goes on with the accounts that are left. */
  override async alarm(): Promise<void> {
    // Set before the work: an alarm that dies is not the last one.
    await this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
    for (let round = 0; round < BATCHES; round += 1) {
      // Read again each time: meanwhile another rotation may have been started.
      const sweep = this.#sweep();
      if (!sweep || sweep.finishedAt !== null) return this.ctx.storage.deleteAlarm();
      const batch = this.#accounts.stale(sweep.target, sweep.attempt, BATCH);
      if (batch.length === 0) return this.#endAttempt(sweep);
      await Promise.all(batch.map((account) => this.#visit(account, sweep)));
      // Where all objects share a thread, it reads from no socket before it is idle: signatures wait for this.
      await scheduler.wait(0);
    }
    await this.ctx.storage.setAlarm(Date.now());
  }

  async #visit({ tenant, account }: StaleAccount, sweep: Sweep): Promise<void> {
    const actor = { keyId: 'rotation', requestId: sweep.requestId };
    try {
      const vault = credentialVault(this.env, account);
      const { failure, ...usage } = await vault.rewrap({ tenant, account }, sweep.target, actor);
      this.ctx.storage.transactionSync(() => {
        this.#accounts.apply({ tenant, account, ...usage });
        this.#accounts.setTried(account, sweep.attempt, failure ?? null);
      });
    } catch {
      this.#accounts.setTried(account, sweep.attempt, 'the vault of this account did not answer');
    }
  }

  /** Every account has been tried: done, or once more for those that failed. */
  async #endAttempt(sweep: Sweep): Promise<void> {
    const left = this.#accounts.countStale(sweep.target);
    if (left === 0 || sweep.attempt >= MAX_ATTEMPTS) {
      this.ctx.storage.kv.put<Sweep>('sweep', { ...sweep, finishedAt: Date.now() });
      return this.ctx.storage.deleteAlarm();
    }
    this.ctx.storage.kv.put<Sweep>('sweep', { ...sweep, attempt: sweep.attempt + 1 });
    return this.ctx.storage.setAlarm(Date.now() + RETRY_MS * 2 ** (sweep.attempt - 1));
  }

  #sweep(): Sweep | undefined {
    return this.ctx.storage.kv.get<Sweep>('sweep');
  }

  /** The root keys, or why they cannot be read. */
  async #roots(): Promise<RootKeys | VaultRefusal> {
    try {
      return await new RootKeyring(this.env.VAULT_ROOT_KEYS).read();
    } catch (error) {
      if (error instanceof VaultRefusal) return error;
      throw error;
    }
  }
}
