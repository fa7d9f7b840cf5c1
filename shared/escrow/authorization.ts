import { recoverTypedDataAddress } from 'viem/utils';
import * as z from 'zod';
import { invalidMember, type Failure } from '../errors/failure.ts';
import { asMicro, formatMicro, MAX_UNITS, SCALE, type Micro } from '../money/fixed.ts';
import type { Hex } from '../signing/checks.ts';
import type { FeeBounds } from './fee.ts';

/** The contract in whose name payers sign. */
export interface EscrowDomain {
  readonly chainId: number;
  readonly contract: Hex;
}

/** What the payer allows: `fee` (micro-USD) may be pulled once, for this order id, until `deadline` (Unix seconds). */
export interface FeeAuthorization {
  readonly orderId: Hex;
  readonly payer: Hex;
  readonly fee: Micro;
  readonly deadline: number;
  readonly signature: Hex;
  /** Who shares in the fee; undefined for nobody. */
  readonly affiliate?: Hex | undefined;
}

/** In seconds the year 5138: beyond it somebody passed milliseconds. */
const MAX_DEADLINE = 99_999_999_999;

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address (0x and 40 hex digits)')
  .transform(lower);
const hex = (bytes: number) =>
  z
    .string()
    .length(2 + bytes * 2, `must be 0x and ${bytes * 2} hex digits`)
    .regex(/^0x[0-9a-fA-F]+$/, `must be 0x and ${bytes * 2} hex digits`)
    .transform(lower);
/** Clients send amounts and times as JSON numbers or as digits. */
const whole = z.union([
  z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).transform(BigInt),
  z
    .string()
    .regex(/^\d{1,20}$/, 'must be a whole number')
    .transform(BigInt),
]);

/** Who is said to pay, to sign and to share. Clients say it inside `fee_auth` or beside it. */
const parties = {
  payer_address: address.optional(),
  signer_address: address.optional(),
  affiliate: address.optional(),
};

/** Members of an order's body (contract: router, "Fee escrow"): spread them into its schema. */
export const feeAuthMembers = {
  fee_auth: z
    .strictObject({
      order_id: hex(32),
      payer: address,
      fee_amount: whole,
      deadline: whole,
      signature: hex(65),
      ...parties,
    })
    .optional(),
  ...parties,
};

const bodySchema = z.object(feeAuthMembers);
export type FeeAuthBody = z.infer<typeof bodySchema>;

export interface AuthorizationContext {
  readonly domain: EscrowDomain;
  readonly bounds: FeeBounds;
  readonly nowMs: number;
}

export type CheckedAuthorization = { readonly ok: true; readonly value: FeeAuthorization } | Failure;

/**
 * Checks everything about a `fee_auth` that can be known without the chain; whether its order id was ever used is
 * asked from the account's records and from `EscrowChain.escrow`. The first fault is told as VALIDATION_FAILED with
 * the path of its member; nothing may have been sent by then.
 */
export async function checkFeeAuth(
  auth: NonNullable<FeeAuthBody['fee_auth']>,
  beside: Pick<FeeAuthBody, 'payer_address' | 'signer_address' | 'affiliate'>,
  context: AuthorizationContext,
): Promise<CheckedAuthorization> {
  const payer = auth.payer;
  for (const member of ['payer_address', 'signer_address'] as const) {
    if ((auth[member] ?? payer) !== payer)
      return invalidMember(`fee_auth.${member}`, 'must be fee_auth.payer, who signs');
    if ((beside[member] ?? payer) !== payer)
      return invalidMember(member, 'must be fee_auth.payer, who signs');
  }
  const affiliate = auth.affiliate ?? beside.affiliate;
  if (beside.affiliate !== undefined && beside.affiliate !== affiliate)
    return invalidMember('affiliate', 'must be fee_auth.affiliate');
  const { min, max } = context.bounds;
  if (auth.fee_amount > MAX_UNITS * SCALE || auth.fee_amount < min || auth.fee_amount > max)
    return invalidMember('fee_auth.fee_amount', `must be ${formatMicro(min)} to ${formatMicro(max)} USDC`);
  if (auth.fee_amount === 0n) return invalidMember('fee_auth.fee_amount', 'must be above 0');
  if (auth.deadline > MAX_DEADLINE) return invalidMember('fee_auth.deadline', 'must be Unix seconds');
  if (auth.deadline * 1000n <= context.nowMs) return invalidMember('fee_auth.deadline', 'has passed');
  const authorization: FeeAuthorization = {
    orderId: auth.order_id,
    payer,
    fee: asMicro(auth.fee_amount),
    deadline: Number(auth.deadline),
    signature: auth.signature,
    affiliate,
  };
  if ((await signerOf(authorization, context.domain)) !== payer)
    return invalidMember('fee_auth.signature', 'was not made by fee_auth.payer over these members');
  return { ok: true, value: authorization };
}

/** Members in the order that is hashed (contract: router, "Fee escrow"). */
const types = {
  PullFee: [
    { name: 'orderId', type: 'bytes32' },
    { name: 'payer', type: 'address' },
    { name: 'feeAmount', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const;

/** Lower-case address of whoever signed; undefined when the signature is none. */
async function signerOf(
  { orderId, payer, fee, deadline, signature }: FeeAuthorization,
  { chainId, contract }: EscrowDomain,
): Promise<Hex | undefined> {
  try {
    const signer = await recoverTypedDataAddress({
      domain: { name: 'ParsecFeeEscrow', version: '1', chainId, verifyingContract: contract },
      types,
      primaryType: 'PullFee',
      message: { orderId, payer, feeAmount: fee, deadline: BigInt(deadline) },
      signature,
    });
    return lower(signer);
  } catch {
    return undefined;
  }
}

function lower(text: string): Hex {
  return `0x${text.slice(2).toLowerCase()}`;
}
