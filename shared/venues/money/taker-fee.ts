import { asMicro, min, mulDiv, roundTo, SCALE, ZERO, type Micro } from '../../money/fixed.ts';
import type { FeeCurve, Level } from '../port.ts';

/** What a taker pays for taking these levels' sizes, in micro-dollars: summed exactly, then rounded once. */
export function takerFee(taken: readonly Level[], curve: FeeCurve): Micro {
  const { rate, unit, settledIn } = curve;
  if (rate === 0n) return ZERO;
  // Micro to the power of the weight's factors and one more.
  let total = 0n;
  for (const { price, size } of taken) total += size * weightOf(price, curve);
  if (total === 0n) return ZERO;
  const divisor = SCALE ** BigInt(factorsOf(curve) + 1);
  if (settledIn === undefined) return roundTo(asMicro(mulDiv(total, rate, divisor, 'ceil')), unit, 'ceil');
  const exact = asMicro(mulDiv(total, rate, divisor, 'half-up'));
  return roundTo(roundTo(exact, unit, 'half-up'), settledIn, 'half-up');
}

/** What one share weighs on the curve, in micro to the power of `factorsOf`. */
const weightOf = (price: Micro, { basis, exponent }: FeeCurve): bigint =>
  basis === 'cheaper-side'
    ? min(price, asMicro(SCALE - price))
    : (price * (SCALE - price)) ** BigInt(exponent);

const factorsOf = ({ basis, exponent }: FeeCurve): number => (basis === 'cheaper-side' ? 1 : 2 * exponent);
