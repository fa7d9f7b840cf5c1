import { now } from '../../../shared/clock.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { Permission } from '../../../shared/keys/permissions.ts';
import { retryAfterSeconds } from '../../../shared/limits/rate-limit-headers.ts';
import { DEFAULT_CUSTOMER_QPS } from '../../../shared/limits/customer-pool.ts';
import type { Actor } from '../actor.ts';
import { CustomerLimits } from './customer-limits.ts';
import { CustomerStore, type Customer } from './customer-store.ts';
import { MAX_ACTIVE_KEYS } from '../keys/key-issuance.ts';
import { ROTATION_OVERLAP_MS, type KeyRing } from '../keys/key-ring.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { TenantRecords } from '../tenant-records.ts';
import type {
  KeyIssued,
  CustomerAdmission,
  CustomerView,
  CustomerCreated,
  CustomerFound,
  CustomerInput,
  CustomerKeyRequest,
  CustomerPage,
  CustomersTotal,
} from '../api.ts';
import { customerAccountId } from '../../../shared/keys/account-ids.ts';

/** What a customer's own key may do: all that concerns its own account, and nothing of its builder's. */
const CUSTOMER_PERMISSIONS: readonly Permission[] = ['read', 'trade', 'credentials'];

/** The customers of a builder tenant and their keys (contract: router, "Builders"). */
export class Customers {
  readonly #records: TenantRecords;
  readonly #keys: KeyStore;
  readonly #ring: KeyRing;
  readonly #store: CustomerStore;
  readonly #limits = new CustomerLimits();

  constructor(records: TenantRecords, keys: KeyStore, ring: KeyRing) {
    this.#records = records;
    this.#keys = keys;
    this.#ring = ring;
    this.#store = new CustomerStore(records.storage.sql);
  }

  /**
   * Decides whether a request may act as a customer, and counts it. An id that is not this builder's own is looked
   * up and counted in the pool like any other, so neither the reply nor its time tells whether somebody else has it.
   */
  admit(id: string): CustomerAdmission {
    const customer = this.#refusal() ? undefined : this.#store.find(id);
    const verdict = this.#limits.take(customer, now());
    const limits = verdict.report;
    if (!verdict.allowed) {
      const { limitQps } = verdict;
      const retryAfter = retryAfterSeconds(verdict.retryAfterMs);
      return { ...failure('RATE_LIMIT_EXCEEDED', { limitQps, retryAfter }), limits };
    }
    if (!customer) return { ...failure('CUSTOMER_FORBIDDEN'), limits };
    return {
      ok: true,
      account: customerAccountId(this.#records.requireProfile().tenant, customer.id),
      limits,
    };
  }

  /** The customer with this external id, made if there is none. An existing one is not changed. */
  async create(input: CustomerInput, actor: Actor): Promise<CustomerCreated> {
    const refused = this.#refusal();
    if (refused) return refused;
    const existing = this.#store.findExternal(input.externalId);
    if (existing) return { ok: true, customer: this.#view(existing) };
    const id = crypto.randomUUID();
    // The key first: cut short here, a key exists that nobody was given and whose customer nobody is.
    const { rawKey } = await this.#mint(id, null, actor);
    const customer = this.#store.insert({
      id,
      externalId: input.externalId,
      email: input.email ?? null,
      qpsLimit: input.qpsLimit ?? DEFAULT_CUSTOMER_QPS,
      createdAt: now(),
    });
    this.#records.audit(actor, 'customer.create', id);
    return { ok: true, customer: this.#view(customer), rawKey };
  }

  find(id: string): CustomerFound {
    const found = this.#own(id);
    return found.ok ? { ok: true, customer: this.#view(found.customer) } : found;
  }

  /** Up to `limit` customers after `after`; `next` leads to the rest. */
  page(after: number, limit: number): CustomerPage {
    const refused = this.#refusal();
    if (refused) return refused;
    const rows = this.#store.page(after, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      ok: true,
      customers: shown.map((customer) => this.#view(customer)),
      ...(rows.length > limit && last && { next: last.seq }),
    };
  }

  totals(): CustomersTotal {
    return this.#refusal() ?? { ok: true, ...this.#store.totals() };
  }

  setQpsLimit(id: string, qpsLimit: number, actor: Actor): CustomerFound {
    const found = this.#own(id);
    if (!found.ok) return found;
    this.#store.setQpsLimit(id, qpsLimit);
    this.#records.audit(actor, 'customer.update', id);
    return { ok: true, customer: this.#view({ ...found.customer, qpsLimit }) };
  }

  /**
   * A new key for a customer. Earlier ones go on for a day, so that a retry whose first reply was lost takes no
   * key away that is in use; beyond MAX_ACTIVE_KEYS the oldest ends at once.
   */
  async issueKey(id: string, request: CustomerKeyRequest, actor: Actor): Promise<KeyIssued> {
    const found = this.#own(id);
    if (!found.ok) return found;
    const earlier = this.#keys.ofCustomer(id);
    const issued = await this.#mint(id, request.name ?? null, actor);
    const expiresAt = now() + ROTATION_OVERLAP_MS;
    for (const [age, key] of earlier.entries()) {
      if (request.revokePrevious || age >= MAX_ACTIVE_KEYS - 1) {
        await this.#ring.setState(key, 'revoked', actor);
      } else if (key.expiresAt === null) await this.#ring.setExpiry(key, expiresAt, actor, 'key.rotate');
    }
    return issued;
  }

  /** Begins a deletion, or finds it begun. From here on `admit` refuses; `CustomerDeletions` does the rest. */
  beginDeletion(id: string, actor: Actor): { readonly ok: true } | Failure {
    if (!this.#refusal() && this.#store.deleting().includes(id)) return { ok: true };
    const found = this.#own(id);
    if (!found.ok) return found;
    this.#store.setDeleting(id, now());
    this.#limits.forget(id);
    this.#records.audit(actor, 'customer.delete', id);
    return { ok: true };
  }

  #mint(id: string, name: string | null, actor: Actor): Promise<KeyIssued & { ok: true }> {
    const account = customerAccountId(this.#records.requireProfile().tenant, id);
    const permissions = CUSTOMER_PERMISSIONS;
    // The highest tier: a key never stands above its tenant's, so it follows the builder's plan up and down.
    return this.#ring.mint({ name, tier: 'enterprise', permissions, customer: id, account }, actor);
  }

  #own(id: string): { readonly ok: true; readonly customer: Customer } | Failure {
    const refused = this.#refusal();
    if (refused) return refused;
    const customer = this.#store.find(id);
    return customer ? { ok: true, customer } : failure('CUSTOMER_NOT_FOUND');
  }

  /** A tenant that is no builder (any more) has no customers, whatever its keys say. */
  #refusal(): Failure | undefined {
    if (this.#records.profile?.roles.includes('builder') === true) return undefined;
    return failure('INSUFFICIENT_PERMISSION', { message: 'This tenant is not enabled as a builder' });
  }

  #view(customer: Customer): CustomerView {
    return { ...customer, keyPrefix: this.#keys.ofCustomer(customer.id)[0]?.prefix ?? null };
  }
}
