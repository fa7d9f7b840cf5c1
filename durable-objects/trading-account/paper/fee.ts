import { asMicro, mulDiv, roundTo, SCALE, ZERO, type Micro } from '../../../shared/money/fixed.ts';
import type { Market } from '../../../shared/venues/port.ts';
import type { Fill } from './walk.ts';

/** Fees are computed to 5 decimals, then debited at cents (contract: clob, "Paper execution"). */
const FEE_UNIT = 10n;
const CENT = 10_000n;

/** Taker fee of an execution: Σ shares × rate × (p × (1 − p))^exponent. Makers pay nothing. */
export function takerFee(fills: readonly Fill[], market: Pick<Market, 'feeRate' | 'feeExponent'>): Micro {
  if (market.feeRate === 0n) return ZERO;
  let total = 0n;
  for (const { price, shares } of fills) total += shares * curve(price, market.feeExponent);
  const exact = asMicro(mulDiv(total, market.feeRate, SCALE * SCALE, 'half-up'));
  return roundTo(roundTo(exact, FEE_UNIT, 'half-up'), CENT, 'half-up');
}

/** (p × (1 − p))^exponent in micro. */
function curve(price: Micro, exponent: number): bigint {
  const base = price * (SCALE - price);
  let value = SCALE;
  for (let power = 0; power < exponent; power += 1) value = (value * base) / (SCALE * SCALE);
  return value;
}
