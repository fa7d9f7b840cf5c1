import type { Side } from '../../../shared/venues/port.ts';
import { toTrade, type TradeRow } from '../ledger/paper-rows.ts';
import type { ExportedTrade } from './read-rows.ts';

/** Which fills a reader wants; every member narrows. */
export interface FillFilter {
  readonly side?: Side;
  readonly market?: string;
}

/** The last fill of the page before. Without its id: by when, and of which order, it was. */
export interface FillPlace {
  /** Unix ms. */
  readonly at: number;
  readonly order: number;
  readonly trade?: number;
}

/** Fills, newest first, after a place. What is filled meanwhile comes before any place, so a page never shifts. */
export function readFills(
  sql: SqlStorage,
  { side, market }: FillFilter,
  place: FillPlace | undefined,
  limit: number,
): readonly ExportedTrade[] {
  return sql
    .exec<TradeRow & { client_order_id: string | null }>(
      `SELECT trades.*, orders.owner, orders.maker, orders.client_order_id
       FROM trades JOIN orders ON orders.id = trades.order_id
       WHERE trades.id < ?1 AND (?2 IS NULL OR trades.side = ?2) AND (?3 IS NULL OR trades.market = ?3)
       ORDER BY trades.id DESC LIMIT ?4`,
      placeId(sql, place),
      side ?? null,
      market ?? null,
      limit,
    )
    .toArray()
    .map((row) => ({ ...toTrade(row), clientOrderId: row.client_order_id }));
}

/** Fills below this id lie after the place. Ids grow in the order in which fills happen. */
function placeId(sql: SqlStorage, place: FillPlace | undefined): number {
  if (!place) return Number.MAX_SAFE_INTEGER;
  if (place.trade !== undefined) return place.trade;
  const { id } = sql
    .exec<{ id: number | null }>(
      'SELECT MAX(id) AS id FROM trades WHERE at < ?1 OR (at = ?1 AND order_id < ?2)',
      place.at,
      place.order,
    )
    .one();
  return id === null ? 0 : id + 1;
}
