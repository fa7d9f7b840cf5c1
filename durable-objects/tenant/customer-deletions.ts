import type { Env } from '../../workers/gateway/env.ts';
import { accountObject } from '../stubs.ts';
import { vaultOf } from '../vault-stubs.ts';
import type { Actor } from './actor.ts';
import { CustomerStore } from './customer-store.ts';
import { customerAccountOf } from './customers.ts';
import type { KeyRing } from './key-ring.ts';
import type { KeyStore } from './key-store.ts';
import type { TenantRecords } from './records.ts';

/** In the audit log: what a deletion does after the request that began it. */
const deletion = (customer: string): Actor => ({ id: 'deletion', requestId: customer });

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
  async goOn(): Promise<void> {
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
    for (const key of this.#keys.ofCustomer(customer)) {
      await this.#ring.setState(key, 'revoked', deletion(customer));
    }
    const { tenant } = this.#records.require();
    await forgetCustomer(this.#records.env, {
      tenant,
      customer,
      account: customerAccountOf(tenant, customer),
    });
    this.#store.setDeleted(customer);
    this.#records.audit(deletion(customer), 'customer.deleted', customer);
  }
}

/** Names of a customer in other objects. */
interface Forgotten {
  readonly tenant: string;
  readonly customer: string;
  readonly account: string;
}

/**
 * Ends what other objects keep for a customer; when this returns, it is done. Throws when an object cannot be
 * reached; said again, it does no harm. Its orders and trades stay as history that no key leads to.
 */
async function forgetCustomer(env: Env, { tenant, customer, account }: Forgotten): Promise<void> {
  const { id: keyId, requestId } = deletion(customer);
  const scope = { tenant, account };
  const destroyed = await vaultOf(env).destroy({ scope, actor: { keyId, requestId }, forever: true });
  if (!destroyed.ok) throw new Error(`the vault refused: ${destroyed.reason}`);
  await accountObject(env, account).cancel({});
}
