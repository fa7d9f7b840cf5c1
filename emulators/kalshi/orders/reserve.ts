import type { BookSide } from '../../lib/book/order-book.ts';
import { minMicro, ONE, type Micro } from '../../lib/units.ts';
import { feeBound, MAKER_RATE } from '../fees.ts';
import type { Market } from '../catalog/market.ts';
import { contractsOf, type Account } from '../ledger.ts';
import type { Venue } from '../state.ts';

/** The part of a resting order that cash is reserved for. */
export interface Claim {
  readonly side: BookSide;
  readonly price: Micro;
  readonly remaining: Micro;
}

export function makerRateOf(market: Market): Micro {
  return market.event.series.makerFees ? MAKER_RATE : 0n;
}

/**
 * Cash that a user's resting orders in one market may need, whichever of them fill and in whatever order. Each side
 * counts for itself: what it pays when all of it fills, less the dollar for each contract of the other outcome that it
 * closes first. The sum of both sides is enough, because filling one side only makes the other cheaper.
 */
export function reserveFor(market: Market, position: Micro, claims: Iterable<Claim>): Micro {
  const bids = { cost: 0n, count: 0n };
  const asks = { cost: 0n, count: 0n };
  let fees = 0n;
  for (const { side, price, remaining } of claims) {
    const total = side === 'bid' ? bids : asks;
    const paid = side === 'bid' ? price : ONE - price;
    total.cost += (paid * remaining) / ONE;
    total.count += remaining;
    fees += feeBound(makerRateOf(market), remaining, price);
  }
  return needed(bids, -position) + needed(asks, position) + fees;
}

function needed(total: { readonly cost: Micro; readonly count: Micro }, closable: Micro): Micro {
  const cost = closable > 0n ? total.cost - minMicro(closable, total.count) : total.cost;
  return cost > 0n ? cost : 0n;
}

/** What the account's resting orders reserve; `except` leaves one market out. */
export function reservedCash(venue: Venue, account: Account, except?: string): Micro {
  const byTicker = new Map<string, Claim[]>();
  for (const order of venue.openByUser.get(account.userId) ?? []) {
    if (order.ticker === except) continue;
    const claims = byTicker.get(order.ticker);
    if (claims === undefined) byTicker.set(order.ticker, [order]);
    else claims.push(order);
  }
  let reserved = 0n;
  for (const [ticker, claims] of byTicker) {
    const state = venue.byTicker.get(ticker);
    if (state !== undefined) reserved += reserveFor(state.market, contractsOf(account, ticker), claims);
  }
  return reserved;
}

/** Cash that a new order may use. */
export function availableCash(venue: Venue, account: Account): Micro {
  return account.cash - reservedCash(venue, account);
}
