import type { Hex } from '../../../shared/signing/checks.ts';
import { noTerms, type EscrowTerms } from '../../../shared/escrow/terms.ts';
import type { Actor } from '../actor.ts';
import type { TenantRecords } from '../tenant-records.ts';

const TERMS_KEY = 'escrow';

/** A builder's fee escrow: what was agreed with it, and in which account each of its escrowed orders is. */
export class BuilderEscrow {
  readonly #records: TenantRecords;

  constructor(records: TenantRecords) {
    this.#records = records;
  }

  terms(): EscrowTerms {
    return this.#records.storage.kv.get<EscrowTerms>(TERMS_KEY) ?? noTerms;
  }

  setTerms(terms: EscrowTerms, actor: Actor): EscrowTerms {
    this.#records.storage.kv.put(TERMS_KEY, terms);
    this.#records.audit(actor, 'escrow.terms', this.#records.requireProfile().tenant);
    return terms;
  }

  /** Notes an escrow's order id before its fee is pulled. False when another account of the builder's used it. */
  claim(orderId: Hex, account: string): boolean {
    this.#records.storage.sql.exec(
      'INSERT OR IGNORE INTO escrow_orders (order_id, account) VALUES (?, ?)',
      orderId,
      account,
    );
    return this.account(orderId) === account;
  }

  /** The account that an order's escrow is in; undefined where it is none of this builder's. */
  account(orderId: Hex): string | undefined {
    return this.#records.storage.sql
      .exec<{ account: string }>('SELECT account FROM escrow_orders WHERE order_id = ?', orderId)
      .toArray()[0]?.account;
  }
}
