import type { Scope } from '../../shared/vault/request.ts';
import { VaultRefusal } from '../../shared/vault/result.ts';
import type { VaultObjectEnv } from '../vault-bindings.ts';
import { vaultRegistry } from '../rpc/vault-stubs.ts';
import type { CredentialStore } from './envelope/credential-store.ts';
import type { Usage } from './api.ts';

/** Tells the registry how many credentials need which root version: never fewer than there are (decision 9). */
export class UsageReports {
  readonly #kv: SyncKvStorage;
  readonly #store: CredentialStore;
  readonly #env: VaultObjectEnv;

  constructor(kv: SyncKvStorage, store: CredentialStore, env: VaultObjectEnv) {
    this.#kv = kv;
    this.#store = store;
    this.#env = env;
  }

  now(): Usage {
    const change = (this.#kv.get<number>('change') ?? 0) + 1;
    this.#kv.put('change', change);
    return { change, usage: this.#store.usage() };
  }

  /** After a change: the exact numbers. */
  tell(scope: Scope): Promise<void> {
    return this.#send(scope, this.now());
  }

  /** Before a seal under `version`: one credential more than there are. Throws ROOT_VERSION_STALE. */
  announce(scope: Scope, version: number): Promise<void> {
    const { change, usage } = this.now();
    const counts = new Map(usage);
    counts.set(version, (counts.get(version) ?? 0) + 1);
    return this.#send(scope, { change, usage: [...counts] }, version);
  }

  async #send(scope: Scope, usage: Usage, sealing?: number): Promise<void> {
    const report = { ...scope, ...usage, ...(sealing !== undefined && { sealing }) };
    const result = await vaultRegistry(this.#env).report(report);
    if (!result.ok) throw new VaultRefusal(result.reason, result.message);
  }
}
