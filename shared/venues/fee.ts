import { asMicro, mulDiv, roundTo, SCALE, ZERO, type Micro } from '../money/fixed.ts';
import type { FeeCurve, Level } from './port.ts';

/** What a taker pays for taking these levels' sizes, in micro-dollars: summed exactly, then rounded once. */
export function takerFee(taken: readonly Level[], { rate, exponent, unit, settledIn }: FeeCurve): Micro {
  if (rate === 0n) return ZERO;
  // Micro to the power of 2 × exponent + 1.
  let total = 0n;
  for (const { price, size } of taken) total += size * (price * (SCALE - price)) ** BigInt(exponent);
  if (total === 0n) return ZERO;
  const divisor = SCALE ** BigInt(2 * exponent + 1);
  if (settledIn === undefined) return roundTo(asMicro(mulDiv(total, rate, divisor, 'ceil')), unit, 'ceil');
  const exact = asMicro(mulDiv(total, rate, divisor, 'half-up'));
  return roundTo(roundTo(exact, unit, 'half-up'), settledIn, 'half-up');
}
