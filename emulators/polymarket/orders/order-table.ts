import { boundedSet } from '../../lib/bounded-collections.ts';
import { removeEntry } from '../../lib/book/order-book.ts';
import { bookSideOf } from '../book/mirror.ts';
import { accountOf, sharesOf } from '../ledger.ts';
import { nowMs, type Venue } from '../state.ts';
import type { Micro } from '../../lib/units.ts';
import { VenueError } from '../venue-error.ts';
import {
  reservedShares,
  reservedUsd,
  type OrderRecord,
  type OrderStatus,
  type TradeRecord,
} from './records.ts';

const MAX_ORDERS = 50_000;
const MAX_TRADES = 50_000;

/** Real makers are limited too; a runaway test must not turn every balance check into a scan. */
const MAX_OPEN_PER_MAKER = 2_000;

/** How far to look for a finished order to forget before refusing new ones. */
const EVICTION_SCAN = 500;

export function storeOrder(venue: Venue, order: OrderRecord): void {
  if (venue.orders.size >= MAX_ORDERS) evictFinished(venue);
  venue.orders.set(order.id, order);
}

function evictFinished(venue: Venue): void {
  let scanned = 0;
  for (const [id, order] of venue.orders) {
    if (order.status !== 'LIVE' && order.status !== 'DELAYED') {
      venue.orders.delete(id);
      return;
    }
    scanned += 1;
    if (scanned >= EVICTION_SCAN) break;
  }
  throw new VenueError(503, 'Trading is currently disabled. Check polymarket.com for updates');
}

export function storeTrade(venue: Venue, trade: TradeRecord): void {
  boundedSet(venue.trades, trade.id, trade, MAX_TRADES);
  venue.unconfirmed.add(trade);
  if (venue.unconfirmed.size > MAX_TRADES) venue.unconfirmed.clear();
}

/** Starts reserving cash or shares. */
export function addOpen(venue: Venue, order: OrderRecord): void {
  const open = venue.openByMaker.get(order.makerKey) ?? new Set<OrderRecord>();
  if (open.size >= MAX_OPEN_PER_MAKER) throw new VenueError(429, 'Too Many Requests');
  open.add(order);
  venue.openByMaker.set(order.makerKey, open);
  if (order.orderType === 'GTD') venue.expiring.add(order);
}

/** Ends an order's open life: nothing is reserved for it any more. */
export function settleOpen(venue: Venue, order: OrderRecord, status: OrderStatus): void {
  order.status = status;
  const open = venue.openByMaker.get(order.makerKey);
  open?.delete(order);
  if (open?.size === 0) venue.openByMaker.delete(order.makerKey);
  venue.expiring.delete(order);
  venue.delayed.delete(order);
}

/** Takes a live or delayed order off the market. @returns false if it was finished already. */
export function withdraw(venue: Venue, order: OrderRecord, status: OrderStatus): boolean {
  if (order.status !== 'LIVE' && order.status !== 'DELAYED') return false;
  const state = venue.byCondition.get(order.conditionId);
  if (state !== undefined) {
    removeEntry(state.book, bookSideOf(order.side, order.yes), order.id);
    state.changedAtMs = nowMs(venue);
  }
  settleOpen(venue, order, status);
  return true;
}

function openOrdersOf(venue: Venue, makerKey: string): Iterable<OrderRecord> {
  return venue.openByMaker.get(makerKey) ?? [];
}

/** Cash not promised to open orders, micro-USD. */
export function freeCash(venue: Venue, maker: string): Micro {
  let free = accountOf(venue.ledger, maker).cash;
  for (const order of openOrdersOf(venue, maker.toLowerCase())) free -= reservedUsd(order);
  return free;
}

/** Shares of a token not promised to open sells. */
export function freeShares(venue: Venue, maker: string, tokenId: string): Micro {
  let free = sharesOf(accountOf(venue.ledger, maker), tokenId);
  for (const order of openOrdersOf(venue, maker.toLowerCase())) free -= reservedShares(order, tokenId);
  return free;
}
