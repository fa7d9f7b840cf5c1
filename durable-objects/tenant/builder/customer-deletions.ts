import type { ObjectEnv } from '../../bindings.ts';
import { vaultAnswer } from '../../../shared/vault/vault-answer.ts';
import type { Scope } from '../../../shared/vault/request.ts';
import { now } from '../../../shared/clock.ts';
import { liveVenues } from '../../../shared/venues/venue-names.ts';
import { accountObject } from '../../rpc/stubs.ts';
import { vaultOf } from '../../rpc/vault-stubs.ts';
import type { Actor } from '../actor.ts';
import { CustomerStore } from './customer-store.ts';
import { customerAccountId } from '../../../shared/keys/account-ids.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { KeyStore } from '../keys/key-store.ts';
import type { TenantRecords } from '../tenant-records.ts';

/**
 * How long the credentials of a deleted customer are kept for orders that rest at a venue which does not answer. Longer
 * than the minute after which it is certain that nothing is on its way; short, because destroying them was asked for.
 */
const VENUE_WAIT_MS = 120_000;
/** Of one try: the tenant's other changes wait for it. */
const FORGET_TIMEOUT_MS = 3_000;

/** In the audit logs, where that of the tenant does not tell who began a deletion. */
const unknownActor = (customer: string): Actor => ({ id: 'deletion', requestId: customer });

/**
 * Ends the deletions that have begun. Each step may be done twice: a deletion that was cut short, by a fault or by
 * the death of the object, is taken up again by the tenant's alarm from the beginning.
 */
export class CustomerDeletions {
  readonly #records: TenantRecords;
  readonly #keys: KeyStore;
  readonly #ring: KeyRing;
  readonly #store: CustomerStore;

  constructor(records: TenantRecords, keys: KeyStore, ring: KeyRing) {
    this.#records = records;
    this.#keys = keys;
    this.#ring = ring;
    this.#store = new CustomerStore(records.storage.sql);
  }

  /** Goes on with every deletion. Those that are not ended remain in `pending`. */
  async runPending(): Promise<void> {
    // One after another: one that fails must not keep the others from ending.
    for (const customer of this.pending()) {
      try {
        await this.#finish(customer);
      } catch (error) {
        const message = error instanceof Error ? error.message.slice(0, 200) : 'unknown';
        console.error(JSON.stringify({ level: 'error', what: 'customer deletion', customer, message }));
      }
    }
  }

  pending(): readonly string[] {
    return this.#store.deleting();
  }

  async #finish(customer: string): Promise<void> {
    // Whatever takes it up again: the request that began it is the one that has asked for all of it.
    const actor = this.#records.lastActor('customer.delete', customer) ?? unknownActor(customer);
    for (const key of this.#keys.ofCustomer(customer)) await this.#ring.setState(key, 'revoked', actor);
    const { tenant } = this.#records.requireProfile();
    const account = customerAccountId(tenant, customer);
    const since = this.#store.deletingSince(customer) ?? 0;
    const patient = now() - since < VENUE_WAIT_MS;
    await forgetAccount(this.#records.env, { tenant, account }, actor, patient);
    this.#store.setDeleted(customer);
    this.#records.audit(actor, 'customer.deleted', customer);
  }
}

/**
 * Ends what other objects keep for a customer; when this returns, it is done. Throws when an object cannot be
 * reached; said again, it does no harm. Its orders and trades stay as history that no key leads to.
 */
async function forgetAccount(
  env: ObjectEnv,
  scope: Scope,
  { id: keyId, requestId }: Actor,
  patient: boolean,
): Promise<void> {
  const call = { scope, actor: { keyId, requestId } };
  const listed = await vaultAnswer(vaultOf(env).list(call));
  if (!listed.ok) throw new Error(`the vault refused: ${listed.reason}`);
  const venues = liveVenues.filter((one) => listed.credentials.some(({ venue }) => venue === one));
  const forgotten = accountObject(env, scope.account).forget({ ...scope, keyId, requestId }, venues);
  if (!(await completesWithin(forgotten, FORGET_TIMEOUT_MS)) && patient)
    throw new Error('orders may still rest at a venue');
  const destroyed = await vaultAnswer(vaultOf(env).destroy({ ...call, forever: true }));
  if (!destroyed.ok) throw new Error(`the vault refused: ${destroyed.reason}`);
}

/** What an account answers; false where it takes longer. The account goes on with it. */
async function completesWithin(answer: Promise<boolean>, ms: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), ms);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
