import { priceOf, reaches } from './book.ts';
import type { OrderRecord, Owner, SelfMatchInstruction, Side } from './types.ts';

/** An order on its way into the book. */
export interface Aggressor {
  readonly owner: Owner;
  readonly side: Side;
  /** Nothing trades beyond it. */
  readonly limit: bigint;
  readonly quantity: bigint;
  readonly selfMatchId: string;
  readonly selfMatchInstruction: SelfMatchInstruction;
}

export type Step =
  | { readonly kind: 'fill'; readonly resting: OrderRecord; readonly quantity: bigint }
  | { readonly kind: 'cancel-resting'; readonly resting: OrderRecord };

export interface MatchPlan {
  /** In the order to be carried out: best price first, within a price the oldest. */
  readonly steps: readonly Step[];
  readonly filled: bigint;
  /** The aggressor met an order of its own owner, and what is left of it may not stay. */
  readonly selfMatched: boolean;
}

/** What an order would trade with. Changes nothing, so that all-or-nothing orders can be judged first. */
export function planMatch(resting: readonly OrderRecord[], aggressor: Aggressor): MatchPlan {
  const steps: Step[] = [];
  let left = aggressor.quantity;
  for (const order of resting) {
    if (left === 0n || !reaches(aggressor.side, aggressor.limit, priceOf(order))) break;
    if (isSelfMatch(order, aggressor)) {
      const { selfMatchInstruction: instruction } = aggressor;
      if (instruction !== 'SELF_MATCH_PREVENTION_INSTRUCTION_REJECT_AGGRESSOR')
        steps.push({ kind: 'cancel-resting', resting: order });
      if (instruction !== 'SELF_MATCH_PREVENTION_INSTRUCTION_CANCEL_RESTING')
        return { steps, filled: aggressor.quantity - left, selfMatched: true };
      continue;
    }
    const quantity = order.leavesQty < left ? order.leavesQty : left;
    steps.push({ kind: 'fill', resting: order, quantity });
    left -= quantity;
  }
  return { steps, filled: aggressor.quantity - left, selfMatched: false };
}

/** Orders of one account never trade with each other, nor do orders of one firm that carry the same prevention id. */
function isSelfMatch(resting: OrderRecord, aggressor: Aggressor): boolean {
  const { owner, terms } = resting;
  if (owner.account === aggressor.owner.account) return true;
  const sameId = aggressor.selfMatchId !== '' && terms.selfMatchId === aggressor.selfMatchId;
  return sameId && owner.firm === aggressor.owner.firm;
}
