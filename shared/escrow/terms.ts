import { ZERO } from '../money/fixed.ts';
import type { Hex } from '../signing/checks.ts';
import type { FeeTerms } from './fee.ts';

/** What the operator has agreed with a builder about its fees (`GET /builder/escrow/config`). Addresses lower case. */
export interface EscrowTerms extends FeeTerms {
  readonly enabled: boolean;
  /** The only one that may share in this builder's fees; null for nobody. */
  readonly affiliate: Hex | null;
  /** Told, not enforced: the contract itself divides what it distributes. */
  readonly treasury: Hex | null;
  readonly affiliateFeeBps: number | null;
}

/** A builder with whom nothing was agreed. */
export const noTerms: EscrowTerms = {
  enabled: false,
  feeBps: 0,
  minFee: ZERO,
  minFeeBps: 0,
  affiliate: null,
  treasury: null,
  affiliateFeeBps: null,
};
