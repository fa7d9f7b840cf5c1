import * as z from 'zod';
import { ZERO } from '../../../money/fixed.ts';
import { decimal } from '../../money/venue-decimal.ts';
import { endedStatus, restingStatus } from '../../trading/order-status.ts';
import type { OrderStatus, OrderTerms, OrderType, Receipt, VenueOrder } from '../../port.ts';
import type { TakerFills } from './own-trades.ts';
import { orderWord } from './status-words.ts';

/** An order as `GET /data/order/{id}` and `GET /data/orders` tell it. */
export const wireOrderSchema = z.object({
  id: z.string(),
  status: z.string(),
  market: z.string(),
  asset_id: z.string(),
  side: z.enum(['BUY', 'SELL']),
  original_size: decimal,
  size_matched: decimal,
  price: decimal,
  outcome: z.string(),
  order_type: z.string().optional(),
  /** Unix seconds. */
  created_at: z.coerce.number(),
});
type WireOrder = z.infer<typeof wireOrderSchema>;

/** The order as its owner sees it. */
export function toOrder(wire: WireOrder): VenueOrder {
  const at = wire.created_at * 1000;
  return {
    id: wire.id,
    marketId: wire.market,
    outcome: wire.outcome,
    tokenId: wire.asset_id,
    side: wire.side,
    price: wire.price,
    size: wire.original_size,
    filled: wire.size_matched,
    status: statusOf(wire),
    type: wire.order_type === undefined ? undefined : (TYPES[wire.order_type] ?? 'gtc'),
    createdAt: at,
    updatedAt: at,
  };
}

/** The venue's types; an unknown one rests. */
const TYPES: Readonly<Record<string, OrderType>> = { FAK: 'ioc', FOK: 'fok', GTD: 'gtd' };

function statusOf({
  status,
  price,
  original_size: size,
  size_matched: filled,
  order_type: type,
}: WireOrder): OrderStatus {
  switch (orderWord(status)) {
    // An unknown word ends nothing: the order is asked for again.
    case undefined:
    case 'LIVE':
    case 'UNMATCHED':
      return restingStatus(size, filled);
    case 'DELAYED':
      return 'pending';
    case 'MATCHED':
      return endedStatus({ price, size, type: TYPES[type ?? ''] ?? 'gtc' }, filled);
    case 'INVALID':
      return 'rejected';
    case 'CANCELED':
    case 'CANCELED_MARKET_RESOLVED':
      return filled >= size ? 'filled' : 'cancelled';
  }
}

/** An order that never rested and all of whose trades failed on the chain: it ended, and nothing of it happened. */
export function undoneOrder(
  id: string,
  { trade, filled, average, side }: TakerFills,
  terms: OrderTerms | undefined,
): VenueOrder {
  const at = trade.match_time * 1000;
  return {
    id,
    marketId: trade.market,
    outcome: trade.outcome,
    tokenId: trade.asset_id,
    side,
    price: terms?.price ?? average,
    size: terms?.size ?? filled,
    filled: ZERO,
    status: 'cancelled',
    type: terms?.type,
    createdAt: at,
    updatedAt: at,
    ...(terms && { receipt: nothingTaken('open') }),
  };
}

/** Of an order that came to rest untouched, or waits. */
export const nothingTaken = (status: OrderStatus): Receipt => ({
  status: status === 'pending' ? 'delayed' : 'live',
  makingAmount: '',
  takingAmount: '',
  transactionHashes: [],
  tradeIds: [],
});
