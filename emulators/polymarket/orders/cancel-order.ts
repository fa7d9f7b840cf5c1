import { nowMs, nowSeconds, type MarketState, type Venue } from '../state.ts';
import { notifyCancel, notifyResolved } from './notifications.ts';
import { withdraw } from './order-table.ts';
import type { OrderRecord } from './records.ts';

export interface CancelReply {
  readonly canceled: readonly string[];
  readonly not_canceled: Readonly<Record<string, string>>;
}

const GONE = "order can't be found - already canceled or matched";

/** Cancels what belongs to the key's address; anything else is reported, not refused. */
export function cancelByIds(venue: Venue, ownerAddress: string, ids: readonly string[]): CancelReply {
  const canceled: string[] = [];
  const notCanceled: Record<string, string> = {};
  for (const id of new Set(ids)) {
    const order = venue.orders.get(id);
    if (order !== undefined && order.ownerAddress === ownerAddress && cancelOne(venue, order)) {
      canceled.push(id);
    } else {
      notCanceled[id] = GONE;
    }
  }
  return { canceled, not_canceled: notCanceled };
}

export interface CancelFilter {
  readonly market?: string | undefined;
  readonly assetId?: string | undefined;
}

/** An empty filter cancels everything the address has open. */
export function cancelMatching(venue: Venue, ownerAddress: string, filter: CancelFilter): CancelReply {
  const ids = openOrdersOf(venue, ownerAddress)
    .filter((order) => filter.market === undefined || order.conditionId === filter.market)
    .filter((order) => filter.assetId === undefined || order.tokenId === filter.assetId)
    .map((order) => order.id);
  return cancelByIds(venue, ownerAddress, ids);
}

function cancelOne(venue: Venue, order: OrderRecord): boolean {
  if (!withdraw(venue, order, 'CANCELED')) return false;
  notifyCancel(venue, order);
  return true;
}

/** Open orders of an API key's address, whichever of its wallets made them, oldest first. */
export function openOrdersOf(venue: Venue, ownerAddress: string): readonly OrderRecord[] {
  const found: OrderRecord[] = [];
  for (const orders of venue.openByMaker.values()) {
    for (const order of orders) if (order.ownerAddress === ownerAddress) found.push(order);
  }
  return found.toSorted((a, b) => a.createdAt - b.createdAt);
}

/** Ends every order of a market that stops trading. */
export function clearMarket(venue: Venue, state: MarketState, resolved: boolean): void {
  const status = resolved ? 'CANCELED_MARKET_RESOLVED' : 'CANCELED';
  for (const orders of venue.openByMaker.values()) {
    for (const order of orders) {
      if (order.conditionId !== state.market.conditionId) continue;
      withdraw(venue, order, status);
      if (resolved) notifyResolved(venue, order);
    }
  }
  state.book.bids.length = 0;
  state.book.asks.length = 0;
}

/** Time's own effects: GTD orders expire and lapsed heartbeats cancel everything of their key. */
export function sweep(venue: Venue): void {
  const seconds = nowSeconds(venue);
  for (const order of venue.expiring) {
    if (order.expiration <= seconds) withdraw(venue, order, 'CANCELED');
  }
  const ms = nowMs(venue);
  for (const [address, beat] of venue.heartbeats) {
    if (beat.deadlineMs > ms) continue;
    venue.heartbeats.delete(address);
    cancelMatching(venue, address, {});
  }
}
