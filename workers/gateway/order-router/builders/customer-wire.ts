import * as z from 'zod';
import type { EscrowTerms } from '../../../../shared/escrow/terms.ts';
import { MAX_CUSTOMER_QPS } from '../../../../shared/limits/customer-pool.ts';
import type { StoredView } from '../../../../shared/vault/port.ts';
import { customerId } from '../../auth/customer-principal.ts';
import { linkedExchanges, walletInfo, walletOf } from '../../credentials/linked-exchanges.ts';
import type { CustomerView } from '../../../../durable-objects/tenant/api.ts';

/** Any text: what is no id of the builder's own is answered like an id that nobody has. */
export const customerParams = z.object({ customer_id: z.string().max(8_192).transform(customerId) });

const qpsLimit = z.number().int().min(1).max(MAX_CUSTOMER_QPS);

/** Printable, whole characters: the id must come back as it went in. */
const isPlain = (text: string): boolean => text.isWellFormed() && !/\p{Cc}/u.test(text);

export const customerInput = z.strictObject({
  external_id: z.string().min(1).max(255).refine(isPlain, 'must not hold control characters'),
  // Printable ASCII around one @: whether a mailbox is behind it is the builder's business.
  email: z
    .string()
    .max(254)
    .regex(/^[!-?A-~]{1,64}@[!-?A-~]{1,189}$/, 'must be an e-mail address')
    .optional(),
  qps_limit: qpsLimit.optional(),
});

export const customerChange = z.strictObject({ qps_limit: qpsLimit });

export const customerView = z.object({
  customer_id: z.string(),
  external_id: z.string(),
  email: z.string().nullable(),
  api_key: z.string().nullable(),
  status: z.literal('complete'),
  qps_limit: z.number(),
  linked_exchanges: z.array(z.string()),
  wallet: walletInfo.nullable(),
  fee_escrow_enabled: z.boolean(),
  fee_bps: z.number().nullable(),
  affiliate_address: z.string().nullable(),
  created_at: z.string(),
});

/** What the vault knows of a customer's account, and what was agreed with its builder. */
export interface Links {
  readonly views: readonly StoredView[];
  readonly chainId: number;
  readonly escrow: EscrowTerms;
}

/** A customer on the wire. `api_key` is the raw key where it is given here, else the first characters of it. */
export function toCustomerView(
  customer: CustomerView,
  { views, chainId, escrow }: Links,
  rawKey?: string,
): z.infer<typeof customerView> {
  return {
    customer_id: customer.id,
    external_id: customer.externalId,
    email: customer.email,
    api_key: rawKey ?? customer.keyPrefix,
    status: 'complete',
    qps_limit: customer.qpsLimit,
    linked_exchanges: linkedExchanges(views),
    wallet: walletOf(views, chainId) ?? null,
    fee_escrow_enabled: escrow.enabled,
    fee_bps: escrow.enabled ? escrow.feeBps : null,
    affiliate_address: escrow.affiliate,
    created_at: new Date(customer.createdAt).toISOString(),
  };
}
