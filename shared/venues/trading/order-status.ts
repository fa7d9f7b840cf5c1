import { SCALE, type Micro } from '../../money/fixed.ts';
import type { OrderStatus, OrderTerms } from '../port.ts';
import { rests } from '../port/order-rests.ts';

/** Venues measure some orders in whole cents of dollars: less than this may stay open of an order that is filled. */
const CENT = 10_000n;

/** Whether what is left of an order is too little to be meant. */
const complete = (price: Micro, size: Micro, filled: Micro): boolean =>
  filled >= size || (size - filled) * price < CENT * SCALE;

/** The status of an order that can no longer fill: `cancelled` keeps what was filled. */
export const endedStatus = (
  { price, size, type }: Pick<OrderTerms, 'price' | 'size' | 'type'>,
  filled: Micro,
): OrderStatus =>
  filled >= size || (!rests(type) && complete(price, size, filled)) ? 'filled' : 'cancelled';

/** The status of an order that stands in the book. */
export function restingStatus(size: Micro, filled: Micro): OrderStatus {
  if (filled >= size) return 'filled';
  return filled > 0n ? 'partially_filled' : 'open';
}
