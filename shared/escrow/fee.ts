import { asMicro, max, min, mulDiv, SCALE, type Micro } from '../money/fixed.ts';

/** A basis point is 1/10,000; a fee of more than the whole order is a mistake. */
const BPS = 10_000n;

/** What a tenant lets its builder take from one order (`GET /builder/escrow/config`). */
export interface FeeTerms {
  readonly feeBps: number;
  /** Never less, micro-USD: `min_fee_usdc`. */
  readonly minFee: Micro;
  /** Never a smaller share of the order: `min_fee_bps`. */
  readonly minFeeBps: number;
  /** Never more, micro-USD; undefined for no limit but `feeBps`. */
  readonly maxFee?: Micro | undefined;
}

export interface FeeBounds {
  readonly min: Micro;
  readonly max: Micro;
}

/**
 * ceil(price × size × fee_bps / 10,000 × 10⁶) in USDC base units, which are micro-USD (contract: router, "Fee
 * escrow"). Price per share and shares in micro. Throws RangeError when `feeBps` is not a whole number from 0 to 10,000.
 */
export function escrowFee(price: Micro, size: Micro, feeBps: number): Micro {
  if (!Number.isInteger(feeBps) || feeBps < 0 || BigInt(feeBps) > BPS)
    throw new RangeError('fee_bps must be a whole number from 0 to 10,000');
  return asMicro(mulDiv(price * size, BigInt(feeBps), SCALE * BPS, 'ceil'));
}

/**
 * The least and the most that a `fee_auth` for this order may name. Where the minimum is above what `feeBps` gives, as
 * on small orders, it is the only amount. Nothing is above `maxFee`.
 */
export function feeBounds(price: Micro, size: Micro, terms: FeeTerms): FeeBounds {
  const capped = (fee: Micro): Micro => (terms.maxFee === undefined ? fee : min(fee, terms.maxFee));
  const least = max(terms.minFee, escrowFee(price, size, terms.minFeeBps));
  return { min: capped(least), max: capped(max(least, escrowFee(price, size, terms.feeBps))) };
}
