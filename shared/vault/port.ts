import type { Hex } from '../signing/checks.ts';
import type { FramedRequest, OrderRequest } from '../signing/polymarket/order-request.ts';
import type { CredentialVenue, CredentialView } from './credential.ts';
import type { LoginStep } from './exchange-login.ts';
import type { VaultRequest } from './request.ts';
import type { VaultResult } from './result.ts';

/** A stored credential, without a value. */
export interface StoredView extends CredentialView {
  readonly id: string;
  /** Grows with each replacement. */
  readonly version: number;
  /** Unix ms. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** `unreadable`: the record does not open, so its parts are not known. */
  readonly state: 'ready' | 'unreadable';
}

/** Headers ready to be sent. */
export interface SignedHeaders {
  readonly headers: Readonly<Record<string, string>>;
}

/** With the credential that signed, so that nobody needs to ask for it besides. */
export type WithCredential<T> = T & { readonly credential: CredentialView };

/** A signed transaction, as a node takes it. */
export interface SignedCall {
  readonly raw: Hex;
}

/** A batch as the venue's relayer takes it: who signed, for which wallet. */
export interface SignedBatch {
  readonly owner: string;
  readonly wallet: string;
  readonly signature: Hex;
}

/** One operation as the chain records it. `hash` covers the row and the one before. */
export interface AuditRow {
  readonly seq: number;
  /** Unix ms. */
  readonly at: number;
  readonly actor: string;
  readonly operation: string;
  readonly venue: CredentialVenue | null;
  readonly credential: string | null;
  readonly version: number | null;
  /** `ok`, or the reason of the refusal. */
  readonly outcome: string;
  readonly requestId: string;
  /** Lower-case hex. */
  readonly hash: string;
}

export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** How the chain stands: whole up to its head, or broken first at a row. */
export type ChainReport =
  | { readonly intact: true; readonly rows: number; readonly head: ChainHead }
  | { readonly intact: false; readonly brokenAt: number; readonly why: 'altered' | 'missing' };

/** How many credentials need a root version, and whether it may be dropped. */
export interface RootUse {
  readonly version: number;
  /** Whether VAULT_ROOT_KEYS has it. */
  readonly present: boolean;
  /** Never less than there are; exact once every change has been reported. */
  readonly credentials: number;
  readonly canDrop: boolean;
}

export interface RotationStatus {
  /** Version that new credentials are sealed under; null while VAULT_ROOT_KEYS cannot be read. */
  readonly current: number | null;
  readonly versions: readonly RootUse[];
  readonly sweep: {
    /** `incomplete`: it ended, and some accounts could not be re-wrapped. */
    readonly state: 'none' | 'running' | 'finished' | 'incomplete';
    readonly target: number | null;
    readonly startedAt: number | null;
    readonly finishedAt: number | null;
    readonly accountsLeft: number;
    /** The first of those that failed. */
    readonly failures: readonly { readonly account: string; readonly reason: string }[];
  };
  /** What the operator must mend; null when nothing. */
  readonly fault: string | null;
}

/**
 * The vault as the gateway sees it over the service binding (docs/vault.md): credentials go in, signatures
 * come out. Each method writes a row of the account's audit chain, except the reads of that chain.
 */
export interface Vault {
  store(request: VaultRequest<'store'>): Promise<VaultResult<{ readonly credential: StoredView }>>;
  list(request: VaultRequest<'list'>): Promise<VaultResult<{ readonly credentials: readonly StoredView[] }>>;
  /** What may be told of one credential, stored or given. */
  describe(request: VaultRequest<'describe'>): Promise<VaultResult<{ readonly credential: CredentialView }>>;
  /** `removed` is false when there was none. */
  remove(request: VaultRequest<'remove'>): Promise<VaultResult<{ readonly removed: boolean }>>;
  /** Every credential of the account, from disk too. The audit chain stays. */
  destroy(request: VaultRequest<'destroy'>): Promise<VaultResult<{ readonly destroyed: number }>>;
  /** A wallet whose key nobody has seen. A second call gives the first wallet (`created: false`). */
  createWallet(
    request: VaultRequest<'createWallet'>,
  ): Promise<
    VaultResult<{ readonly created: boolean; readonly credential: StoredView; readonly address: string }>
  >;
  /** Makes an order the credential's own, signs it, and proves the CLOB key on the request that carries it. */
  signOrder(request: VaultRequest<'signOrder'>): Promise<VaultResult<WithCredential<OrderRequest>>>;
  /** Proves the CLOB key on the request that carries an order which its owner has signed. */
  frameOrder(request: VaultRequest<'frameOrder'>): Promise<VaultResult<WithCredential<FramedRequest>>>;
  l1Headers(request: VaultRequest<'l1Headers'>): Promise<VaultResult<SignedHeaders>>;
  l2Headers(request: VaultRequest<'l2Headers'>): Promise<VaultResult<WithCredential<SignedHeaders>>>;
  builderHeaders(request: VaultRequest<'builderHeaders'>): Promise<VaultResult<SignedHeaders>>;
  kalshiHeaders(request: VaultRequest<'kalshiHeaders'>): Promise<VaultResult<WithCredential<SignedHeaders>>>;
  /** A call of the fee escrow's contract, signed with the relayer's key. SIGNING_REFUSED outside its policy. */
  signEscrow(request: VaultRequest<'signEscrow'>): Promise<VaultResult<SignedCall>>;
  /** A call for the conditional tokens of the account's own wallet. SIGNING_REFUSED outside its policy. */
  signCtf(request: VaultRequest<'signCtf'>): Promise<VaultResult<SignedCall>>;
  /** Calls of the account's own deposit wallet, for the venue's relayer. SIGNING_REFUSED outside its policy. */
  signWalletBatch(request: VaultRequest<'signWalletBatch'>): Promise<VaultResult<SignedBatch>>;
  /** Lower-case address of the relayer's key. CREDENTIAL_MISSING where the deployment has none. Not audited. */
  relayer(): Promise<VaultResult<{ readonly address: Hex }>>;
  /** A desk's token at the exchange, or what must be carried to the relay for one. */
  exchangeSession(
    request: VaultRequest<'exchangeSession'>,
  ): Promise<VaultResult<{ readonly step: LoginStep }>>;
  exchangeAnswer(request: VaultRequest<'exchangeAnswer'>): Promise<VaultResult<{ readonly step: LoginStep }>>;
  exportKey(
    request: VaultRequest<'exportKey'>,
  ): Promise<VaultResult<{ readonly address: string; readonly privateKey: string }>>;
  auditPage(request: VaultRequest<'auditPage'>): Promise<VaultResult<{ readonly rows: readonly AuditRow[] }>>;
  auditVerify(request: VaultRequest<'auditVerify'>): Promise<VaultResult<{ readonly report: ChainReport }>>;
  rotationStatus(): Promise<RotationStatus>;
  /** Begins to re-wrap everything under the highest version; harmless when it is under way. */
  startRotation(
    request: VaultRequest<'startRotation'>,
  ): Promise<VaultResult<{ readonly status: RotationStatus }>>;
}
