import type { Actor } from './actor.ts';
import type { KeyRequest } from './keys/key-issuance.ts';
import type {
  PartnerAccountCreated,
  PartnerAccountFound,
  PartnerAccountInput,
  PartnerAccountTerms,
  PageFound,
  PartnerAccount,
  PartnerSettings,
  TraderUser,
  TraderUserCreated,
  TraderUserFound,
  TraderUserInput,
} from './partner/partner-model.ts';
import type { Profile, ProfileChange } from './profile.ts';
import type { KeyRequests } from './keys/request-counts.ts';
import type { Wallet } from './wallets/wallet-store.ts';
import type { EscrowTerms } from '../../shared/escrow/terms.ts';
import type { Permission } from '../../shared/keys/permissions.ts';
import type { Micro } from '../../shared/money/fixed.ts';
import type { Hex } from '../../shared/signing/checks.ts';
import type { PoolReport } from '../../shared/limits/customer-pool.ts';
import type { Failure } from '../../shared/errors/failure.ts';
import type { Customer, CustomerTotals } from './builder/customer-store.ts';
import type { StoredKey } from './keys/key-store.ts';
import type { LimitReport } from '../../shared/limits/rate-limit-headers.ts';

export type { Actor } from './actor.ts';
export type { KeyRequest } from './keys/key-issuance.ts';
export type {
  PartnerAccountFound,
  JsonObject,
  PartnerAccount,
  PartnerSettings,
  TraderUser,
} from './partner/partner-model.ts';
export type { Profile, ProfileChange } from './profile.ts';
export type { Wallet } from './wallets/wallet-store.ts';
/** Whether a request may act as a customer, and what its two limits say. */
export type CustomerAdmission =
  | { readonly ok: true; readonly account: string; readonly limits: PoolReport }
  | (Failure & { readonly limits: PoolReport });

/** A customer as its builder sees it; `keyPrefix` is the newest key's, null when none is left. */
export interface CustomerView extends Customer {
  readonly keyPrefix: string | null;
}

/** `rawKey` is there when the customer is new: it leaves here once. */
export type CustomerCreated =
  | { readonly ok: true; readonly customer: CustomerView; readonly rawKey?: string }
  | Failure;

export type CustomerFound = { readonly ok: true; readonly customer: CustomerView } | Failure;

export interface CustomerInput {
  readonly externalId: string;
  readonly email?: string;
  readonly qpsLimit?: number;
}

export interface CustomerKeyRequest {
  readonly name?: string;
  /** Earlier keys end now, not in a day: for a key that leaked. */
  readonly revokePrevious: boolean;
}

export type CustomerPage =
  | { readonly ok: true; readonly customers: readonly CustomerView[]; readonly next?: number }
  | Failure;

export type CustomersTotal = ({ readonly ok: true } & CustomerTotals) | Failure;

export type ChangeResult = { readonly ok: true } | Failure;

/** A key as its owner sees it in listings. */
export interface KeyView extends Omit<StoredKey, 'hash' | 'syncedVersion'> {
  readonly lastUsedAt: number | null;
}

export type KeyIssued = { readonly ok: true; readonly rawKey: string; readonly key: KeyView } | Failure;

export type L2KeyIssued = { readonly ok: true; readonly apiKey: string } | Failure;

export type KeyFound = { readonly ok: true; readonly key: KeyView } | Failure;

export interface IssueOptions {
  /** Only while the tenant has no key. */
  readonly bootstrap?: boolean;
  /** The operator's global setting. */
  readonly selfServe?: boolean;
  /** The operator issues: the beta's gates do not hold for it. */
  readonly admitted?: boolean;
}

/** What a link is asked for with. */
export interface LoginLinkRequest {
  /** The page of ours that reads the token. */
  readonly page: string;
  readonly redirect?: string;
}

/** Whom a request of a session acts as, and what its limit says. */
export type TraderAdmission =
  | {
      readonly ok: true;
      readonly user: number;
      readonly account: Pick<PartnerAccount, 'id' | 'wallet'> | undefined;
      readonly limit: LimitReport;
    }
  | (Failure & { readonly limit?: LimitReport });

/** A session, with the user whose it is and the accounts that it may choose from. */
export interface TraderSession {
  readonly user: TraderUser;
  /** The one account that it trades; undefined until one is chosen. */
  readonly account: PartnerAccount | undefined;
  /** The user's accounts, at most `SHOWN`: active ones first, then the newest, so that old attempts hide none. */
  readonly accounts: readonly PartnerAccount[];
  /** Unix ms. */
  readonly expiresAt: number;
}

export type TraderSessionFound = { readonly ok: true; readonly session: TraderSession } | Failure;

export type TraderSessionOpened =
  | {
      readonly ok: true;
      readonly session: TraderSession;
      /** Leaves here once. */
      readonly token: string;
      readonly redirect: string | null;
    }
  | Failure;

export type WalletFound = { readonly ok: true; readonly wallet: Wallet } | Failure;

/** RPC interface of `Tenant`. */
export interface TenantApi {
  profile(): Profile | undefined;
  /** Creates the tenant; a second call changes nothing and returns what stands. */
  create(input: Omit<Profile, 'version' | 'createdAt'>, actor: Actor): Profile;
  /** Applies an operator's change and tells every key. Returns when the keys know, or will by the alarm. */
  update(change: ProfileChange, actor: Actor): Promise<Profile | undefined>;
  /** Issues a gateway key. The raw key leaves here once and is stored nowhere. */
  issueKey(request: KeyRequest, options: IssueOptions, actor: Actor): Promise<KeyIssued>;
  listKeys(): Promise<readonly KeyView[]>;
  renameKey(id: string, name: string, actor: Actor): Promise<KeyFound>;
  /** A new key with the same rights; the old one goes on for a day. `held`: what the caller's credential may do. */
  rotateKey(id: string, held: readonly Permission[], actor: Actor): Promise<KeyIssued>;
  /** Revokes for good. The key's own object knows before this returns. */
  revokeKey(id: string, actor: Actor): Promise<ChangeResult>;
  /** An operator's switch, for customers' keys too: `deactivated` answers KEY_DEACTIVATED until `active` again. */
  setKeyState(id: string, state: 'active' | 'deactivated', actor: Actor): Promise<ChangeResult>;
  /** An operator's date, for customers' keys too: from it on the key answers KEY_EXPIRED. */
  setKeyExpiry(id: string, expiresAt: number, actor: Actor): Promise<ChangeResult>;
  /** L1 create: one key per address and nonce. */
  createL2Key(address: string, nonce: string, selfServe: boolean, actor: Actor): Promise<L2KeyIssued>;
  /** L1 derive: the id of the key that exists for this address and nonce. */
  deriveL2Key(address: string, nonce: string): L2KeyIssued;
  l2Address(id: string): string | undefined;
  listL2Keys(address: string): readonly string[];
  /** Opens the object that counts the websockets of the tenant's user tokens. */
  openUserGate(): Promise<{ readonly ok: true; readonly name: string } | Failure>;
  listWallets(): readonly Wallet[];
  wallet(id: number): WalletFound;
  createWallet(name: string, deposit: Micro, actor: Actor): Promise<WalletFound>;
  renameWallet(id: number, name: string, actor: Actor): WalletFound;
  removeWallet(id: number, actor: Actor): WalletFound;
  /** What a key says that it has let pass in a month. */
  countRequests(counted: KeyRequests): void;
  /** Requests of a month: of all keys of the tenant and its customers, or of one customer's. */
  requestsIn(month: string, customer?: string): number;
  /** Whether a request may act as a customer; counts it in the customer's limit and the pool. */
  admitCustomer(id: string): CustomerAdmission;
  createCustomer(input: CustomerInput, actor: Actor): Promise<CustomerCreated>;
  customer(id: string): CustomerFound;
  listCustomers(after: number, limit: number): CustomerPage;
  customerTotals(): CustomersTotal;
  setCustomerQpsLimit(id: string, qpsLimit: number, actor: Actor): CustomerFound;
  issueCustomerKey(id: string, request: CustomerKeyRequest, actor: Actor): Promise<KeyIssued>;
  /**
   * Deletes a customer for good. From the first write on nobody acts as it any more; VENUE_UNAVAILABLE when a part
   * could not be reached: the alarm goes on, and saying it again asks whether it is done.
   */
  removeCustomer(id: string, actor: Actor): Promise<ChangeResult>;
  escrowTerms(): EscrowTerms;
  setEscrowTerms(terms: EscrowTerms, actor: Actor): EscrowTerms;
  noteEscrow(orderId: Hex, account: string): boolean;
  escrowAccount(orderId: Hex): string | undefined;
  /** The number of an agent's session that is about to be opened. */
  nextAgentSession(account: string, actor: Actor): number;
  agentSessions(account: string, before: number | undefined, limit: number): readonly number[];
  createTraderUser(input: TraderUserInput, actor: Actor): TraderUserCreated;
  traderUser(id: number): TraderUserFound;
  listTraderUsers(after: number, limit: number): PageFound<TraderUser>;
  createPartnerAccount(input: PartnerAccountInput, actor: Actor): Promise<PartnerAccountCreated>;
  partnerAccount(id: string): PartnerAccountFound;
  listPartnerAccounts(after: number, limit: number, user?: number): PageFound<PartnerAccount>;
  changePartnerAccount(id: string, terms: Partial<PartnerAccountTerms>, actor: Actor): PartnerAccountFound;
  endPartnerAccount(id: string, how: 'close' | 'reset', actor: Actor): Promise<PartnerAccountFound>;
  /** Takes a login link on; its mail leaves after the reply. */
  requestLoginLink(user: number, request: LoginLinkRequest, actor: Actor): Promise<ChangeResult>;
  openTraderSession(linkHash: string): Promise<TraderSessionOpened>;
  admitTrader(sessionHash: string): TraderAdmission;
  traderSession(sessionHash: string): TraderSessionFound;
  chooseAccount(sessionHash: string, account: string): TraderSessionFound;
  endTraderSession(sessionHash: string): void;
  partnerSettings(): PartnerSettings;
  setPartnerSettings(change: Partial<PartnerSettings>, actor: Actor): PartnerSettings;
}
