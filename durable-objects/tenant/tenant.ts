import type { Failure } from '../../shared/errors/failure.ts';
import type { ObjectEnv } from '../bindings.ts';
import { machineTime, now } from '../../shared/clock.ts';
import { failure } from '../../shared/errors/failure.ts';
import type { EscrowTerms } from '../../shared/escrow/terms.ts';
import type { Permission } from '../../shared/keys/permissions.ts';
import type { Micro } from '../../shared/money/fixed.ts';
import type { Hex } from '../../shared/signing/checks.ts';
import { migrate } from '../storage/migrate.ts';
import { directory } from '../rpc/stubs.ts';
import type { Actor } from './actor.ts';
import { AgentSessionIndex } from './agent-session-index.ts';
import { CustomerDeletions } from './builder/customer-deletions.ts';
import { Customers } from './builder/customers.ts';
import { BuilderEscrow } from './builder/builder-escrow.ts';
import type { KeyRequest } from './keys/key-issuance.ts';
import { KeyRing } from './keys/key-ring.ts';
import { KeyStore } from './keys/key-store.ts';
import { L2Keys } from './keys/l2-keys.ts';
import { TenantKeys } from './keys/tenant-keys.ts';
import { PartnerParts, PartnerRpc } from './partner/partner-rpc.ts';
import type { Profile, ProfileChange } from './profile.ts';
import { TenantRecords } from './tenant-records.ts';
import { SandboxWallets } from './wallets/sandbox-wallets.ts';
import { RequestCounts, type KeyRequests } from './keys/request-counts.ts';
import { migrations } from './schema.ts';
import { UserTokenGate } from './keys/user-token-gate.ts';
import type { Wallet } from './wallets/wallet-store.ts';
import type {
  TenantApi,
  CustomerAdmission,
  CustomerCreated,
  CustomerFound,
  CustomerInput,
  CustomerKeyRequest,
  CustomerPage,
  CustomersTotal,
  ChangeResult,
  KeyIssued,
  KeyView,
  L2KeyIssued,
  KeyFound,
  IssueOptions,
  WalletFound,
} from './api.ts';

/** Pause before what was not done is tried again: well inside the 5 s that a change may take. */
const RETRY_MS = 1_000;

/**
 * One organisation: its profile, the directory of its keys, customers, trader users and their accounts, its audit log.
 * This class is the door: it puts changes in order and sees to it that they end; each part has a class of its own
 * beside it, and what makes a tenant a partner has a door of its own.
 */
export class Tenant extends PartnerRpc implements TenantApi {
  protected readonly partner: PartnerParts;
  protected readonly records: TenantRecords;
  readonly #keys: KeyStore;
  readonly #ring: KeyRing;
  readonly #own: TenantKeys;
  readonly #userGate: UserTokenGate;
  readonly #l2: L2Keys;
  readonly #wallets: SandboxWallets;
  readonly #customers: Customers;
  readonly #deletions: CustomerDeletions;
  readonly #requests: RequestCounts;
  readonly #escrow: BuilderEscrow;
  readonly #sessions: AgentSessionIndex;
  /** Tail of the queue of changes: see `#inTurn`. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    migrate(ctx.storage, migrations);
    const records = new TenantRecords(ctx.storage, env);
    const keys = new KeyStore(ctx.storage.sql);
    const ring = new KeyRing(records, keys);
    const admitItself = (actor: Actor): Promise<void> => this.#admitItself(actor);
    this.records = records;
    this.partner = new PartnerParts(records, (at) => this.#setAlarmBy(at));
    this.#keys = keys;
    this.#ring = ring;
    this.#own = new TenantKeys(records, keys, ring, admitItself);
    this.#userGate = new UserTokenGate(records);
    this.#l2 = new L2Keys(records, keys, ring, admitItself);
    this.#wallets = new SandboxWallets(records);
    this.#customers = new Customers(records, keys, ring);
    this.#deletions = new CustomerDeletions(records, keys, ring);
    this.#requests = new RequestCounts(ctx.storage.sql);
    this.#escrow = new BuilderEscrow(records);
    this.#sessions = new AgentSessionIndex(records);
    ctx.waitUntil(this.partner.links.resume());
  }

  profile(): Profile | undefined {
    return this.records.profile;
  }

  /** Creates the tenant; a second call changes nothing and returns what stands. */
  create(input: Omit<Profile, 'version' | 'createdAt'>, actor: Actor): Profile {
    const existing = this.records.profile;
    if (existing) return existing;
    const profile = { ...input, version: 1, createdAt: now() };
    this.records.save(profile, actor, 'tenant.create');
    return profile;
  }

  /** Applies an operator's change and tells every key. Returns when the keys know, or will by the alarm. */
  async update(change: ProfileChange, actor: Actor): Promise<Profile | undefined> {
    return this.#inTurn(async () => {
      const current = this.records.profile;
      if (!current) return undefined;
      const next = { ...current, ...change, version: current.version + 1 };
      this.records.save(next, actor, 'tenant.update');
      await this.#finishChanges();
      return next;
    });
  }

  /** Issues a gateway key. The raw key leaves here once and is stored nowhere. */
  async issueKey(request: KeyRequest, options: IssueOptions, actor: Actor): Promise<KeyIssued> {
    return this.#inTurn(() => this.#own.issue(request, options, actor));
  }

  async listKeys(): Promise<readonly KeyView[]> {
    return this.#own.list();
  }

  async renameKey(id: string, name: string, actor: Actor): Promise<KeyFound> {
    return this.#inTurn(() => this.#own.rename(id, name, actor));
  }

  /** A new key with the same rights; the old one goes on for a day. `held`: what the caller's credential may do. */
  async rotateKey(id: string, held: readonly Permission[], actor: Actor): Promise<KeyIssued> {
    return this.#inTurn(() => this.#own.rotate(id, held, actor));
  }

  /** Revokes for good. The key's own object knows before this returns. */
  async revokeKey(id: string, actor: Actor): Promise<ChangeResult> {
    return this.#inTurn(() => this.#ring.setState(this.#keys.find(id), 'revoked', actor));
  }

  /** An operator's switch, for customers' keys too: `deactivated` answers KEY_DEACTIVATED until `active` again. */
  async setKeyState(id: string, state: 'active' | 'deactivated', actor: Actor): Promise<ChangeResult> {
    return this.#inTurn(() => this.#ring.setState(this.#keys.findAny(id), state, actor));
  }

  /** An operator's date, for customers' keys too: from it on the key answers KEY_EXPIRED. */
  async setKeyExpiry(id: string, expiresAt: number, actor: Actor): Promise<ChangeResult> {
    return this.#inTurn(() => this.#ring.setExpiry(this.#keys.findAny(id), expiresAt, actor));
  }

  /** L1 create: one key per address and nonce. */
  async createL2Key(address: string, nonce: string, selfServe: boolean, actor: Actor): Promise<L2KeyIssued> {
    return this.#inTurn(() => this.#l2.create(address, nonce, selfServe, actor));
  }

  /** L1 derive: the id of the key that exists for this address and nonce. */
  deriveL2Key(address: string, nonce: string): L2KeyIssued {
    return this.#l2.derive(address, nonce);
  }

  l2Address(id: string): string | undefined {
    return this.#l2.address(id);
  }

  listL2Keys(address: string): readonly string[] {
    return this.#l2.list(address);
  }

  /** Opens the object that counts the websockets of the tenant's user tokens. */
  openUserGate(): Promise<{ readonly ok: true; readonly name: string } | Failure> {
    return this.#inTurn(() => this.#userGate.open());
  }

  listWallets(): readonly Wallet[] {
    return this.#wallets.list();
  }

  wallet(id: number): WalletFound {
    return this.#wallets.find(id);
  }

  async createWallet(name: string, deposit: Micro, actor: Actor): Promise<WalletFound> {
    return this.#inTurn(() => this.#wallets.create(name, deposit, actor));
  }

  renameWallet(id: number, name: string, actor: Actor): WalletFound {
    return this.#wallets.rename(id, name, actor);
  }

  removeWallet(id: number, actor: Actor): WalletFound {
    return this.#wallets.remove(id, actor);
  }

  /** What a key says that it has let pass in a month. */
  countRequests(counted: KeyRequests): void {
    if (this.records.profile) this.#requests.put(counted);
  }

  /** Requests of a month: of all keys of the tenant and its customers, or of one customer's. */
  requestsIn(month: string, customer?: string): number {
    return this.#requests.sum(month, customer);
  }

  /** Whether a request may act as a customer; counts it in the customer's limit and the pool. */
  admitCustomer(id: string): CustomerAdmission {
    return this.#customers.admit(id);
  }

  async createCustomer(input: CustomerInput, actor: Actor): Promise<CustomerCreated> {
    return this.#inTurn(() => this.#customers.create(input, actor));
  }

  customer(id: string): CustomerFound {
    return this.#customers.find(id);
  }

  listCustomers(after: number, limit: number): CustomerPage {
    return this.#customers.page(after, limit);
  }

  customerTotals(): CustomersTotal {
    return this.#customers.totals();
  }

  setCustomerQpsLimit(id: string, qpsLimit: number, actor: Actor): CustomerFound {
    return this.#customers.setQpsLimit(id, qpsLimit, actor);
  }

  async issueCustomerKey(id: string, request: CustomerKeyRequest, actor: Actor): Promise<KeyIssued> {
    return this.#inTurn(() => this.#customers.issueKey(id, request, actor));
  }

  /**
   * Deletes a customer for good. From the first write on nobody acts as it any more; VENUE_UNAVAILABLE when a part
   * could not be reached: the alarm goes on, and saying it again asks whether it is done.
   */
  async removeCustomer(id: string, actor: Actor): Promise<ChangeResult> {
    return this.#inTurn(async () => {
      const begun = this.#customers.beginDeletion(id, actor);
      if (!begun.ok) return begun;
      await this.#finishChanges();
      if (!this.#deletions.pending().includes(id)) return { ok: true };
      return failure('VENUE_UNAVAILABLE', {
        message: 'Nobody acts as this customer any more; destroying what it left goes on',
        retryAfter: 1,
      });
    });
  }

  escrowTerms(): EscrowTerms {
    return this.#escrow.terms();
  }

  setEscrowTerms(terms: EscrowTerms, actor: Actor): EscrowTerms {
    return this.#escrow.setTerms(terms, actor);
  }

  noteEscrow(orderId: Hex, account: string): boolean {
    return this.#escrow.claim(orderId, account);
  }

  escrowAccount(orderId: Hex): string | undefined {
    return this.#escrow.account(orderId);
  }

  /** The number of an agent's session that is about to be opened. */
  nextAgentSession(account: string, actor: Actor): number {
    return this.#sessions.next(account, actor);
  }

  agentSessions(account: string, before: number | undefined, limit: number): readonly number[] {
    return this.#sessions.list(account, before, limit);
  }

  override async alarm(): Promise<void> {
    // Not waited for: a mail server that hangs must not keep a change from the keys.
    this.ctx.waitUntil(this.partner.links.deliverDue());
    await this.#inTurn(() => this.#finishChanges());
  }

  /**
   * Runs changes one after another. They wait for other objects, and between check and write no other change may
   * come in: two would otherwise both see room for the last key, or a new key miss a new version.
   */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(change);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** A free tenant that issues its first key while self-serve issuance is on has admitted itself. */
  async #admitItself(actor: Actor): Promise<void> {
    const profile = this.records.requireProfile();
    if (profile.admission !== 'none') return;
    const next = { ...profile, admission: 'self_serve' as const, version: profile.version + 1 };
    this.records.save(next, actor, 'tenant.admit');
    await this.#finishChanges();
    await directory(this.env, 'global').enlist(profile.tenant, 'self_serve');
  }

  /**
   * Brings to an end what other objects must learn. The alarm is set in the same write as the change that calls
   * this, so whatever is cut short here is taken up again.
   */
  async #finishChanges(): Promise<void> {
    await this.ctx.storage.setAlarm(Date.now() + RETRY_MS);
    const told = [await this.#ring.sync(), await this.#userGate.sync()].every(Boolean);
    await this.#deletions.runPending();
    if (!told || this.#deletions.pending().length > 0) return;
    const nextMail = this.partner.links.nextAt();
    if (nextMail === undefined) await this.ctx.storage.deleteAlarm();
    else await this.ctx.storage.setAlarm(machineTime(nextMail));
  }

  /** Lets the alarm ring at a moment of `now()`, unless it rings before. */
  async #setAlarmBy(at: number): Promise<void> {
    const wanted = machineTime(at);
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > wanted) await this.ctx.storage.setAlarm(wanted);
  }
}
