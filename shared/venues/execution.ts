import { asMicro, min, mulDiv, roundTo, SCALE, ZERO, type Micro } from '../money/fixed.ts';
import type { FeeCurve, Level, Side } from './port.ts';

/** What a market order would cost or bring now (contract: router, `/execution-price`). Money in micro-dollars. */
export interface ExecutionPrice {
  readonly filled: Micro;
  /** σ shares × price: up for a BUY, down for a SELL. */
  readonly total: Micro;
  readonly levels: number;
  /** Null while nothing fills. */
  readonly average: Micro | null;
  readonly worst: Micro | null;
  /** |average − best|. */
  readonly slippage: Micro | null;
  readonly fee: Micro;
  /** total + fee for a BUY, total − fee for a SELL. */
  readonly net: Micro;
}

/**
 * Walks the levels that an order on this side takes from, best first, until `amount` shares are filled. `limit` stops
 * it at a worst price.
 */
export function executionPrice(
  levels: readonly Level[],
  side: Side,
  amount: Micro,
  { fee, limit }: { readonly fee?: FeeCurve | undefined; readonly limit?: Micro | undefined } = {},
): ExecutionPrice {
  let left = amount;
  let worst: Micro | null = null;
  let count = 0;
  // Micro × micro, so that only the sums are rounded.
  let cost = 0n;
  let curve = 0n;
  for (const { price, size } of levels) {
    if (left <= 0n || (limit !== undefined && beyond(price, limit, side))) break;
    const shares = min(left, size);
    cost += shares * price;
    if (fee) curve += shares * weightOf(price, fee);
    left = asMicro(left - shares);
    worst = price;
    count += 1;
  }
  const filled = asMicro(amount - left);
  const total = asMicro(mulDiv(cost, 1n, SCALE, side === 'BUY' ? 'ceil' : 'floor'));
  const average = filled > 0n ? asMicro(mulDiv(cost, 1n, filled, 'half-up')) : null;
  const best = levels[0]?.price;
  const charged = fee && curve > 0n ? feeOf(curve, fee) : ZERO;
  return {
    filled,
    total,
    levels: count,
    average,
    worst,
    slippage: average === null || best === undefined ? null : distance(average, best),
    fee: charged,
    net: asMicro(side === 'BUY' ? total + charged : total - charged),
  };
}

const beyond = (price: Micro, limit: Micro, side: Side): boolean =>
  side === 'BUY' ? price > limit : price < limit;

const distance = (a: Micro, b: Micro): Micro => asMicro(a > b ? a - b : b - a);

/** What one share weighs on the curve, in micro to the power of `factorsOf`. */
const weightOf = (price: Micro, { basis, exponent }: FeeCurve): bigint =>
  basis === 'cheaper-side'
    ? min(price, asMicro(SCALE - price))
    : (price * (SCALE - price)) ** BigInt(exponent);

const factorsOf = ({ basis, exponent }: FeeCurve): number => (basis === 'cheaper-side' ? 1 : 2 * exponent);

/** `curve` is Σ shares × weight. */
const feeOf = (curve: bigint, fee: FeeCurve): Micro =>
  roundTo(asMicro(mulDiv(curve, fee.rate, SCALE ** BigInt(factorsOf(fee) + 1), 'ceil')), fee.unit, 'ceil');
