import type { AuditRow, Vault } from '../../shared/vault/port.ts';
import type { Actor, Scope, VaultRequest } from '../../shared/vault/request.ts';
import type { VaultResult } from '../../shared/vault/result.ts';

export type { RootKeys } from '../vault-access/root-keys.ts';
/** How an account's credentials stand, numbered: the registry keeps the latest, whatever arrives last. */
export interface Usage {
  readonly change: number;
  readonly usage: RootUsage;
}

/** What a sweep learns: how the account's credentials stand now, and why one could not be re-wrapped. */
export interface Rewrapped extends Usage {
  readonly failure?: string;
}

/** RPC interface of `CredentialVault`. */
export interface CredentialVaultApi {
  store(request: VaultRequest<'store'>): ReturnType<Vault['store']>;
  createWallet(request: VaultRequest<'createWallet'>): ReturnType<Vault['createWallet']>;
  list(request: VaultRequest<'list'>): ReturnType<Vault['list']>;
  remove(request: VaultRequest<'remove'>): ReturnType<Vault['remove']>;
  destroy(request: VaultRequest<'destroy'>): ReturnType<Vault['destroy']>;
  /**
   * Ends this instance, so that its database is closed: only then does SQLite fold its write-ahead log, where
   * earlier pages still stand, into the file and remove it. The call never returns.
   */
  release(): void;
  exchangeSession(request: VaultRequest<'exchangeSession'>): ReturnType<Vault['exchangeSession']>;
  exchangeAnswer(request: VaultRequest<'exchangeAnswer'>): ReturnType<Vault['exchangeAnswer']>;
  /** Rows after a number, oldest first. SCOPE_MISMATCH for another tenant's account. */
  auditPage(arg0: VaultRequest<'auditPage'>): VaultResult<{ readonly rows: readonly AuditRow[] }>;
  /**
   * Puts every data key of the account under the current root version, which must be `target` or later: an
   * instance with root keys from before says so, and is asked again. What cannot be re-wrapped stays as it is.
   */
  rewrap(scope: Scope, target: number, actor: Actor): Promise<Rewrapped>;
  describe(request: VaultRequest<'describe'>): ReturnType<Vault['describe']>;
  signOrder(request: VaultRequest<'signOrder'>): ReturnType<Vault['signOrder']>;
  frameOrder(request: VaultRequest<'frameOrder'>): ReturnType<Vault['frameOrder']>;
  l1Headers(request: VaultRequest<'l1Headers'>): ReturnType<Vault['l1Headers']>;
  l2Headers(request: VaultRequest<'l2Headers'>): ReturnType<Vault['l2Headers']>;
  builderHeaders(request: VaultRequest<'builderHeaders'>): ReturnType<Vault['builderHeaders']>;
  kalshiHeaders(request: VaultRequest<'kalshiHeaders'>): ReturnType<Vault['kalshiHeaders']>;
  signEscrow(request: VaultRequest<'signEscrow'>): ReturnType<Vault['signEscrow']>;
  signCtf(request: VaultRequest<'signCtf'>): ReturnType<Vault['signCtf']>;
  signWalletBatch(request: VaultRequest<'signWalletBatch'>): ReturnType<Vault['signWalletBatch']>;
  exportKey(request: VaultRequest<'exportKey'>): ReturnType<Vault['exportKey']>;
}

/** How many credentials stand under each root version. */
export type RootUsage = readonly (readonly [version: number, credentials: number])[];
