import type { FeeCurve } from '../port/data-venue.ts';

/** Paper computes fees to 5 decimals, then debits them at cents (contract: clob, "Paper execution"). */
const COMPUTED_IN = 10n;
const CENT = 10_000n;

/** The venue's curve with paper's rounding: what an estimate says is what an order pays. */
export const paperFee = ({ rate, exponent }: Pick<FeeCurve, 'rate' | 'exponent'>): FeeCurve => ({
  rate,
  exponent,
  unit: COMPUTED_IN,
  settledIn: CENT,
});
