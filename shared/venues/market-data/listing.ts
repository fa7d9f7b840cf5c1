import { failure } from '../../errors/failure.ts';
import type { Micro } from '../../money/fixed.ts';
import type { Found, ListedMarket, ListedStatus, MarketQuery, Page } from '../port.ts';
import { mentions } from './scan-pages.ts';

/** Markets that are read one by one are read this many at once: the venues allow few requests a second. */
const AT_ONCE = 4;

/** Markets by their ids at a venue that has no read of several; those that do not exist are left out. */
export async function listByIds(
  ids: readonly string[],
  one: (id: string) => Promise<Found<ListedMarket>>,
): Promise<Found<Page<ListedMarket>>> {
  const items: ListedMarket[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const found = await Promise.all(ids.slice(at, at + AT_ONCE).map(one));
    for (const result of found) {
      if (result.ok) items.push(result.value);
      else if (result.reason !== 'MARKET_NOT_FOUND') return result;
    }
  }
  return { ok: true, value: { items } };
}

/** Filters of `MarketQuery` that are applied to what a venue lists. */
export const matchesQuery =
  ({ status, search, minVolume, minLiquidity }: MarketQuery) =>
  (market: ListedMarket): boolean =>
    (status === undefined || market.status === status) &&
    mentions(search, market.question, market.groupTitle) &&
    atLeast(market.volume, minVolume) &&
    atLeast(market.liquidity, minLiquidity);

const atLeast = (value: Micro | undefined, least: Micro | undefined): boolean =>
  least === undefined || (value !== undefined && value >= least);

/** An event is as open as its most open market. */
export function eventStatus(markets: readonly ListedMarket[]): ListedStatus {
  if (markets.some(({ status }) => status === 'open')) return 'open';
  return markets.length > 0 && markets.every(({ status }) => status === 'resolved') ? 'resolved' : 'closed';
}

/** The number of a page that a cursor names: the first is 1. */
export function pageNumber(page: string | undefined): Found<number> {
  if (page === undefined) return { ok: true, value: 1 };
  return /^[1-9]\d{0,5}$/.test(page) ? { ok: true, value: Number(page) } : failure('INVALID_CURSOR');
}
