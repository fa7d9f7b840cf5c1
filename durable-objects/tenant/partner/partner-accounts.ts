import { now } from '../../../shared/clock.ts';
import { failure } from '../../../shared/errors/failure.ts';
import { pauseAt } from '../../../shared/testing/fault-points.ts';
import { accountObject } from '../../rpc/stubs.ts';
import type { Actor } from '../actor.ts';
import type { TenantRecords } from '../tenant-records.ts';
import { isOpen, PartnerAccountStore, type StoredAccount } from './partner-account-store.ts';
import { partnerAccountId } from '../../../shared/keys/account-ids.ts';
import type {
  PartnerAccountCreated,
  PartnerAccountFound,
  PartnerAccountInput,
  PartnerAccountTerms,
  JsonObject,
  PageFound,
  PartnerAccount,
} from './partner-model.ts';
import { noSuch, notPartner } from './refusals.ts';
import type { TraderUsers } from './trader-users.ts';

/** The accounts that a partner opens for its trader users (contract: partner). */
export class PartnerAccounts {
  readonly #records: TenantRecords;
  readonly #users: TraderUsers;
  readonly #store: PartnerAccountStore;
  /** Tails of the queues of closes and resets, by account. */
  readonly #ending = new Map<string, Promise<unknown>>();

  constructor(records: TenantRecords, users: TraderUsers) {
    this.#records = records;
    this.#users = users;
    this.#store = new PartnerAccountStore(records.storage.sql);
  }

  /**
   * The account with this external id, opened if there is none. The row comes first and nobody finds it until the
   * trading account has its deposit: cut short in between, the same request again completes it.
   */
  async create(input: PartnerAccountInput, actor: Actor): Promise<PartnerAccountCreated> {
    const owner = this.#users.find(input.user);
    if (!owner.ok) return owner;
    const existing = this.#store.findExternal(input.externalId);
    if (existing && !repeatsCreation(input, existing)) return failure('EXTERNAL_ID_CONFLICT');
    const row = existing ?? this.#insert(input, actor);
    if (!existing && INSTRUMENTED) await pauseAt('tenant/partner-account/row-written');
    const opened = isOpen(row) ? row : await this.#open(row);
    return { ok: true, account: opened, created: !existing };
  }

  find(id: string): PartnerAccountFound {
    const refused = notPartner(this.#records);
    if (refused) return refused;
    const account = this.#store.find(id);
    return isOpen(account) ? { ok: true, account } : noSuch('Account');
  }

  page(after: number, limit: number, user?: number): PageFound<PartnerAccount> {
    const refused = notPartner(this.#records);
    if (refused) return refused;
    const rows = this.#store.page(after, limit + 1, user);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return { ok: true, rows: shown, ...(rows.length > limit && last && { next: last.wallet }) };
  }

  /** A user's accounts: active ones before closed ones, the newest first. Whoever asks knows that this is a partner. */
  ofUser(user: number, limit: number): readonly PartnerAccount[] {
    return this.#store.ofUser(user, limit);
  }

  change(id: string, terms: Partial<PartnerAccountTerms>, actor: Actor): PartnerAccountFound {
    const found = this.find(id);
    if (!found.ok) return found;
    const account = { ...found.account, ...terms };
    this.#store.setTerms(id, account);
    this.#records.audit(actor, 'partner_account.update', id);
    return { ok: true, account };
  }

  /** Closes or resets. ORDERS_NOT_CANCELLED while orders are left: said again, it cancels more. */
  end(id: string, how: 'close' | 'reset', actor: Actor): Promise<PartnerAccountFound> {
    // One after another: of a close and a reset at once the later decides here and in the trading account alike.
    const earlier = this.#ending.get(id) ?? Promise.resolve();
    const result = earlier.then(() => this.#end(id, how, actor));
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#ending.set(id, tail);
    void this.#forget(id, tail);
    return result;
  }

  async #forget(id: string, tail: Promise<unknown>): Promise<void> {
    await tail;
    if (this.#ending.get(id) === tail) this.#ending.delete(id);
  }

  async #end(id: string, how: 'close' | 'reset', actor: Actor): Promise<PartnerAccountFound> {
    const found = this.find(id);
    if (!found.ok) return found;
    const { tenant } = this.#records.requireProfile();
    const object = accountObject(this.#records.env, partnerAccountId(tenant, id));
    const ended = how === 'close' ? await object.freeze() : await object.restart();
    if (!ended.ok) return ended;
    if (INSTRUMENTED) await pauseAt('tenant/partner-account/ended');
    if (how === 'close') this.#store.setStatus(id, 'closed');
    else this.#store.begin(id, ended.at);
    this.#records.audit(actor, `partner_account.${how}`, id);
    return this.find(id);
  }

  #insert(input: PartnerAccountInput, actor: Actor): StoredAccount {
    const at = now();
    const row = this.#store.insert({
      id: crypto.randomUUID(),
      user: input.user,
      externalId: input.externalId,
      stage: input.stage,
      startingBalance: input.startingBalance,
      rules: input.rules ?? {},
      metadata: input.metadata ?? {},
      status: 'opening',
      beganAt: at,
      createdAt: at,
    });
    this.#records.audit(actor, 'partner_account.create', row.id);
    return row;
  }

  async #open(row: StoredAccount): Promise<PartnerAccount> {
    const { tenant } = this.#records.requireProfile();
    const { id, startingBalance } = row;
    // Doing it twice is doing it once: nobody can use the account before its row says that it is open.
    await accountObject(this.#records.env, partnerAccountId(tenant, id)).open(startingBalance);
    if (INSTRUMENTED) await pauseAt('tenant/partner-account/opened');
    // Another request for the same may have opened it meanwhile, and more: then it is as that left it.
    const current = this.#store.find(id);
    if (isOpen(current)) return current;
    this.#store.setStatus(id, 'active');
    return { ...row, status: 'active' };
  }
}

/** Whether a request asks for what was created; members that it leaves out are not compared. */
function repeatsCreation(
  input: PartnerAccountInput,
  { user, startingBalance, origin }: StoredAccount,
): boolean {
  return (
    input.user === user &&
    input.startingBalance === startingBalance &&
    input.stage === origin.stage &&
    sameJson(input.rules, origin.rules) &&
    sameJson(input.metadata, origin.metadata)
  );
}

const sameJson = (given: JsonObject | undefined, kept: JsonObject): boolean =>
  given === undefined || canonicalJson(given) === canonicalJson(kept);

/** JSON with its members in order. */
const canonicalJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
