import * as z from 'zod';
import { held, stateOf } from '../../../shared/escrow/record.ts';
import type { EscrowTerms } from '../../../shared/escrow/terms.ts';
import { formatMicro, type Micro } from '../../../shared/money/fixed.ts';
import type { Hex } from '../../../shared/signing/checks.ts';
import type { EscrowRow } from '../../../durable-objects/trading-account/api.ts';

/** Basis points: 1/10,000. */
const bps = z.number().int().min(0).max(10_000);
const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address')
  .transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);
/** Decimals as text, as every amount of USD that is no price or size. */
const usdc = z.string().regex(/^\d{1,9}(?:\.\d{1,6})?$/, 'must be an amount with at most 6 decimals');

/** What an operator agrees with a builder: all of it at once. */
export const escrowChange = z.strictObject({
  fee_escrow_enabled: z.boolean(),
  fee_bps: bps,
  min_fee_usdc: usdc.default('0'),
  max_fee_usdc: usdc.nullable().default(null),
  min_fee_bps: bps.default(0),
  affiliate_address: address.nullable().default(null),
  affiliate_fee_bps: bps.nullable().default(null),
  treasury_address: address.nullable().default(null),
});

export const escrowView = z.object({
  fee_escrow_enabled: z.boolean(),
  fee_bps: z.number().nullable(),
  affiliate_address: z.string().nullable(),
  escrow_contract_address: z.string().nullable(),
  min_fee_usdc: z.string().nullable(),
  max_fee_usdc: z.string().nullable(),
  min_fee_bps: z.number().nullable(),
  treasury_address: z.string().nullable(),
  affiliate_fee_bps: z.number().nullable(),
});

/** Terms on the wire; of a builder without any, nothing is known. */
export function toEscrowView(terms: EscrowTerms, contract: Hex | undefined): z.infer<typeof escrowView> {
  const { enabled } = terms;
  return {
    fee_escrow_enabled: enabled,
    fee_bps: enabled ? terms.feeBps : null,
    affiliate_address: terms.affiliate,
    escrow_contract_address: enabled ? (contract ?? null) : null,
    min_fee_usdc: enabled ? formatMicro(terms.minFee) : null,
    max_fee_usdc: enabled && terms.maxFee !== undefined ? formatMicro(terms.maxFee) : null,
    min_fee_bps: enabled ? terms.minFeeBps : null,
    treasury_address: terms.treasury,
    affiliate_fee_bps: terms.affiliateFeeBps,
  };
}

const states = ['authorized', 'void', 'pulled', 'distributed', 'refunded', 'divided'] as const;

export const escrowOrderView = z.object({
  order_id: z.string(),
  customer_id: z.string().nullable(),
  /** The order's id at the venue, once it has named it. */
  venue_order_id: z.string().nullable(),
  state: z.enum(states),
  order_state: z.enum(['unsent', 'live', 'ended']),
  payer: z.string(),
  size: z.number(),
  filled: z.number(),
  /** USDC base units, as in `fee_auth.fee_amount`. */
  fee_amount: z.string(),
  pulled: z.string(),
  distributed: z.string(),
  refunded: z.string(),
  held: z.string(),
  /** A transfer that the chain has not confirmed yet. */
  in_flight: z.object({ kind: z.string(), amount: z.string(), transaction_hash: z.string() }).nullable(),
  created_at: z.string(),
  pulled_at: z.string().nullable(),
});

export function toEscrowOrder(
  { record, venueOrder, createdAt }: EscrowRow,
  customer: string | null,
): z.infer<typeof escrowOrderView> {
  const { transfer, pulledAt } = record;
  return {
    order_id: record.orderId,
    customer_id: customer,
    venue_order_id: venueOrder,
    state: stateOf(record),
    order_state: record.order,
    payer: record.payer,
    size: number(record.size),
    filled: number(record.filled),
    fee_amount: units(record.fee),
    pulled: units(record.pulled),
    distributed: units(record.distributed),
    refunded: units(record.refunded),
    held: units(held(record)),
    in_flight: transfer
      ? {
          kind: transfer.kind,
          amount: units(transfer.amount),
          transaction_hash: transfer.transaction.hash,
        }
      : null,
    created_at: new Date(createdAt).toISOString(),
    pulled_at: pulledAt === undefined ? null : new Date(pulledAt).toISOString(),
  };
}

const units = (amount: Micro): string => amount.toString();
const number = (amount: Micro): number => Number(formatMicro(amount));
