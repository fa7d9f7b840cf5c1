import { add, asMicro, min, mulDiv, notional, SCALE, sub, ZERO, type Micro } from '../../money/fixed.ts';
import { takerFee } from './taker-fee.ts';
import type { FeeCurve, Level, Side } from '../port.ts';

/** What a market order would cost or bring now (contract: router, `/execution-price`). Money in micro-dollars. */
export interface ExecutionPrice {
  readonly filled: Micro;
  /** σ shares × price, each level settled by itself: up for a BUY, down for a SELL. */
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
  const taken: Level[] = [];
  let left = amount;
  let total = ZERO;
  for (const { price, size } of levels) {
    if (left <= 0n || (limit !== undefined && beyond(price, limit, side))) break;
    const shares = min(left, size);
    taken.push({ price, size: shares });
    total = add(total, notional(shares, price, side === 'BUY' ? 'ceil' : 'floor'));
    left = sub(left, shares);
  }
  const filled = sub(amount, left);
  const average = filled > 0n ? asMicro(mulDiv(total, SCALE, filled, 'half-up')) : null;
  const best = levels[0]?.price;
  const charged = fee ? takerFee(taken, fee) : ZERO;
  return {
    filled,
    total,
    levels: taken.length,
    average,
    worst: taken.at(-1)?.price ?? null,
    slippage: average === null || best === undefined ? null : distance(average, best),
    fee: charged,
    net: side === 'BUY' ? add(total, charged) : sub(total, charged),
  };
}

const beyond = (price: Micro, limit: Micro, side: Side): boolean =>
  side === 'BUY' ? price > limit : price < limit;

const distance = (a: Micro, b: Micro): Micro => asMicro(a > b ? a - b : b - a);
