import type { Micro } from '../../../shared/money/fixed.ts';
import { takerFee as feeOf } from '../../../shared/venues/money/taker-fee.ts';
import { paperFee } from '../../../shared/venues/paper/fee-curve.ts';
import type { Market } from '../../../shared/venues/port.ts';
import type { Fill } from './walk-book.ts';

/** Taker fee of an execution, as `/execution-price` estimates it. Makers pay nothing. */
export const takerFee = (
  fills: readonly Fill[],
  { feeRate: rate, feeExponent: exponent }: Pick<Market, 'feeRate' | 'feeExponent'>,
): Micro =>
  feeOf(
    fills.map(({ price, shares }) => ({ price, size: shares })),
    paperFee({ rate, exponent }),
  );
