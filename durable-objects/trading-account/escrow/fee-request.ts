import { failure, invalidMember, type Failure } from '../../../shared/errors/failure.ts';
import type { EscrowChain } from '../../../shared/chain/port.ts';
import {
  checkFeeAuth,
  type EscrowDomain,
  type FeeAuthBody,
  type FeeAuthorization,
} from '../../../shared/escrow/authorization.ts';
import { feeBounds } from '../../../shared/escrow/fee.ts';
import type { PullResult } from '../../../shared/escrow/run-next-action.ts';
import type { EscrowTerms } from '../../../shared/escrow/terms.ts';
import type { OrderTerms } from '../../../shared/venues/port.ts';

/** What an order brings about its fee, and what was agreed with its builder. */
export interface FeeRequest {
  readonly auth: NonNullable<FeeAuthBody['fee_auth']>;
  readonly beside: Pick<FeeAuthBody, 'payer_address' | 'signer_address' | 'affiliate'>;
  readonly terms: EscrowTerms;
}

export type Authorized = { readonly ok: true; readonly value: FeeAuthorization } | Failure;

export const orderIdUsed = invalidMember('fee_auth.order_id', 'was used before');
const noChain = failure('VENUE_UNAVAILABLE', {
  message: 'The chain of the fee escrow is unavailable: nothing was sent',
  retryAfter: 1,
});

/** Everything about a fee that can be refused without the chain (contract: router, "Fee escrow"). */
export async function authorize(
  { auth, beside, terms }: FeeRequest,
  { price, size }: OrderTerms,
  context: { readonly domain: EscrowDomain; readonly nowMs: number },
): Promise<Authorized> {
  if (!terms.enabled) return invalidMember('fee_auth', 'the builder has no fee escrow');
  const checked = await checkFeeAuth(auth, beside, { ...context, bounds: feeBounds(price, size, terms) });
  if (!checked.ok) return checked;
  // The payer signs for an amount, not for who shares in it: only the builder's own affiliate may.
  const { affiliate } = checked.value;
  if (affiliate !== undefined && affiliate !== terms.affiliate) {
    const member = auth.affiliate === undefined ? 'affiliate' : 'fee_auth.affiliate';
    return invalidMember(member, "must be the builder's own affiliate");
  }
  return { ok: true, value: { ...checked.value, affiliate: terms.affiliate ?? undefined } };
}

/** Whether the chain would let the fee be pulled: undefined when nothing speaks against it. */
export async function refusedByChain(
  chain: EscrowChain,
  { orderId, payer, fee }: FeeAuthorization,
): Promise<Failure | undefined> {
  const [known, funds] = await Promise.all([chain.escrow(orderId), chain.payerFunds(payer)]);
  if (!known.ok || !funds.ok) return noChain;
  if (known.value !== undefined) return orderIdUsed;
  if (funds.value.balance < fee) return invalidMember('fee_auth.payer', 'has less USDC than the fee');
  if (funds.value.allowance < fee)
    return invalidMember('fee_auth.payer', 'does not allow the escrow contract to take the fee');
  return undefined;
}

/** Errors of the contract that are about a member of the request; others are the operator's business. */
const members: Readonly<Record<string, Failure>> = {
  OrderExists: orderIdUsed,
  InvalidSignature: invalidMember('fee_auth.signature', 'is not accepted by the escrow contract'),
  SignatureExpired: invalidMember('fee_auth.deadline', 'has passed'),
  ZeroAmount: invalidMember('fee_auth.fee_amount', 'must be above 0'),
};

/** Why an order whose fee was not pulled is not sent. */
export function pullRefusal({ reason, why }: PullResult & { readonly ok: false }): Failure {
  if (reason === 'NOT_SENT') return noChain;
  if (reason === 'UNKNOWN') {
    return failure('VENUE_UNAVAILABLE', {
      message: 'The fee is not confirmed on the chain: the order was not sent, and what is taken goes back',
      retryAfter: 1,
    });
  }
  const named = members[why];
  if (named) return named;
  if (why.startsWith('ERC20: ')) return invalidMember('fee_auth.payer', 'cannot pay the fee');
  console.error(JSON.stringify({ level: 'error', event: 'fee_refused', why: why.slice(0, 200) }));
  return failure('VENUE_UNAVAILABLE', {
    message: 'The fee could not be taken: the order was not sent',
    retryAfter: 1,
  });
}
