import { ONE, type Micro } from '../lib/units.ts';

/**
 * Trading fees, micro: rate x contracts x price x (1 - price). 7 % for takers everywhere; makers pay a quarter of it
 * in series of the type `quadratic_with_maker_fees` and nothing in the others (README, "Sources").
 */
export const TAKER_RATE: Micro = 70_000n;
export const MAKER_RATE: Micro = 17_500n;

/** A fill's fee is rounded up to a hundredth of a cent. */
const FEE_STEP: Micro = 100n;
const CENT: Micro = 10_000n;

/** rate x count x price x (1 - price) in micro each is 10^-24 dollars. */
const EXACT_PER_MICRO = ONE ** 3n;

export interface FillFee {
  /** Micro-USD, a multiple of 100, never below zero. */
  readonly fee: Micro;
  /** What rounding has cost the order so far and was not given back, in 10^-24 dollars. */
  readonly overpaid: bigint;
}

/**
 * The fee of one fill. Rounding is remembered per order: when more than a cent has come together, that cent is given
 * back with a fill whose fee covers it, so that many small fills cost what one large one would.
 */
export function feeOfFill(rate: Micro, count: Micro, price: Micro, overpaid: bigint): FillFee {
  const exact = rate * count * price * (ONE - price);
  const step = FEE_STEP * EXACT_PER_MICRO;
  const rounded = ((exact + step - 1n) / step) * FEE_STEP;
  const owed = overpaid + rounded * EXACT_PER_MICRO - exact;
  const cent = CENT * EXACT_PER_MICRO;
  if (owed > cent && rounded >= CENT) return { fee: rounded - CENT, overpaid: owed - cent };
  return { fee: rounded, overpaid: owed };
}

/** More than a resting order can ever be charged, in fills of at least one contract each. */
export function feeBound(rate: Micro, count: Micro, price: Micro): Micro {
  if (rate === 0n) return 0n;
  const fills = count / ONE + 1n;
  return feeOfFill(rate, count, price, 0n).fee + fills * FEE_STEP;
}
