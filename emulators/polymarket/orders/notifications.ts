import { boundedPush, boundedSet } from '../../lib/bounded-collections.ts';
import { nextSeq, nowSeconds, type Notification, type Venue } from '../state.ts';
import { formatMicro } from '../../lib/units.ts';
import type { OrderRecord, TradeRecord } from './records.ts';

const MAX_PER_OWNER = 100;
const MAX_OWNERS = 5_000;

/** The venue's numbers: 1 cancellation, 2 fill, 4 market resolved. */
const CANCELLATION = 1;
const FILL = 2;
const RESOLVED = 4;

export function notifyFill(venue: Venue, order: OrderRecord, trade: TradeRecord): void {
  push(venue, order, FILL, { trade_id: trade.id, transaction_hash: trade.transactionHash });
}

export function notifyCancel(venue: Venue, order: OrderRecord): void {
  push(venue, order, CANCELLATION, {});
}

export function notifyResolved(venue: Venue, order: OrderRecord): void {
  push(venue, order, RESOLVED, {});
}

function push(
  venue: Venue,
  order: OrderRecord,
  type: number,
  extra: Readonly<Record<string, unknown>>,
): void {
  const list: Notification[] = venue.notifications.get(order.owner) ?? [];
  const item: Notification = {
    id: nextSeq(venue),
    type,
    owner: order.owner,
    timestamp: nowSeconds(venue),
    payload: {
      order_id: order.id,
      market: order.conditionId,
      asset_id: order.tokenId,
      side: order.side,
      price: formatMicro(order.price),
      original_size: formatMicro(order.shares),
      matched_size: formatMicro(order.matchedShares),
      ...extra,
    },
  };
  boundedPush(list, item, MAX_PER_OWNER);
  boundedSet(venue.notifications, order.owner, list, MAX_OWNERS);
}
