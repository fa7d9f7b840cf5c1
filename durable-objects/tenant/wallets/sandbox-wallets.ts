import { now } from '../../../shared/clock.ts';
import { failure } from '../../../shared/errors/failure.ts';
import type { Micro } from '../../../shared/money/fixed.ts';
import { pauseAt } from '../../../shared/testing/fault-points.ts';
import { accountObject } from '../../rpc/stubs.ts';
import type { Actor } from '../actor.ts';
import type { TenantRecords } from '../tenant-records.ts';
import { walletAccountId } from '../../../shared/keys/account-ids.ts';
import { walletCapGate, WalletStore, type Wallet } from './wallet-store.ts';
import type { WalletFound } from '../api.ts';

/** The sandbox wallets of a tenant (contract: clob, "Account and market data"). */
export class SandboxWallets {
  readonly #records: TenantRecords;
  readonly #store: WalletStore;

  constructor(records: TenantRecords) {
    this.#records = records;
    this.#store = new WalletStore(records.storage.sql);
  }

  list(): readonly Wallet[] {
    return this.#store.list();
  }

  /** A wallet of this tenant; WALLET_NOT_FOUND for any other id. */
  find(id: number): WalletFound {
    const wallet = this.#store.find(id);
    return wallet ? { ok: true, wallet } : failure('WALLET_NOT_FOUND');
  }

  /** Opens a wallet with its first deposit; UPGRADE_REQUIRED above the plan's cap. */
  async create(name: string, deposit: Micro, actor: Actor): Promise<WalletFound> {
    const profile = this.#records.requireProfile();
    const full = walletCapGate(profile, this.#store.list().length, now());
    if (full) return full;
    const id = this.#store.nextId();
    // The account first: cut short here, the next attempt finds the same id free and its account unused.
    await accountObject(this.#records.env, walletAccountId(profile.tenant, id)).open(deposit);
    if (INSTRUMENTED) await pauseAt('tenant/wallet/account-opened');
    const wallet = { id, name, startingBalance: deposit, createdAt: now() };
    this.#store.insert(wallet);
    this.#records.audit(actor, 'wallet.create', String(id));
    if (INSTRUMENTED) await pauseAt('tenant/wallet/row-written');
    return { ok: true, wallet };
  }

  rename(id: number, name: string, actor: Actor): WalletFound {
    const found = this.find(id);
    if (!found.ok) return found;
    this.#store.setName(id, name);
    this.#records.audit(actor, 'wallet.rename', String(id));
    return { ok: true, wallet: { ...found.wallet, name } };
  }

  /** Removes a wallet. Nobody reaches its account any more; the caller ends what rests there. */
  remove(id: number, actor: Actor): WalletFound {
    const found = this.find(id);
    if (!found.ok) return found;
    this.#store.remove(id, now());
    this.#records.audit(actor, 'wallet.delete', String(id));
    return found;
  }
}
