import * as z from 'zod';
import { listByIds, matchesQuery, pageNumber, eventStatus } from '../market-data/listing.ts';
import type { EventQuery, ListedEvent, ListedMarket, MarketQuery, Page, Found } from '../port.ts';
import { mentions, scanPages, type VenuePage } from '../market-data/scan-pages.ts';
import type { LimitlessApi } from './api.ts';
import { endOf, isGroup, knownMarket, rowSchema, toListed, type WireRow } from './market.ts';

/** The venue's largest page. */
const ROWS_PER_PAGE = 25;

const activeSchema = z.object({ data: z.array(rowSchema), totalMarketsCount: z.number().nullish() });

/**
 * `GET /markets/active`: what is not active the venue does not list, beyond the options of a group that have ended
 * before the others. Its search goes by meaning rather than by words, so searching is done here.
 */
export async function listMarkets(api: LimitlessApi, query: MarketQuery): Promise<Found<Page<ListedMarket>>> {
  if (query.ids) return listByIds(query.ids, (id) => oneMarket(api, id));
  return scanPages(async (page) => flat(await activePage(api, page)), matchesQuery(query), query);
}

export async function oneMarket(api: LimitlessApi, slug: string): Promise<Found<ListedMarket>> {
  const found = await knownMarket(api, slug);
  return found.ok ? { ok: true, value: found.value.listed } : found;
}

/** The venue's groups. */
export async function listEvents(
  api: LimitlessApi,
  { status, search, limit, cursor }: EventQuery,
): Promise<Found<Page<ListedEvent>>> {
  return scanPages(
    async (page) => {
      const found = await activePage(api, page, 'group');
      if (!found.ok) return found;
      const { rows, next } = found.value;
      return { ok: true, value: { rows: rows.filter(isGroup).map(toEvent), next } };
    },
    (event) => (status === undefined || event.status === status) && mentions(search, event.title),
    { limit, cursor },
  );
}

async function activePage(
  api: LimitlessApi,
  page: string | undefined,
  tradeType?: 'group',
): Promise<Found<VenuePage<WireRow>>> {
  const number = pageNumber(page);
  if (!number.ok) return number;
  const query = { page: String(number.value), limit: String(ROWS_PER_PAGE), tradeType };
  const found = await api.reader.get('/markets/active', query, activeSchema);
  if (!found.ok) return found;
  const { data: rows, totalMarketsCount: total } = found.value;
  // Should the total count the options of groups too, the walk ends with an empty page instead of a short one.
  const more = rows.length >= ROWS_PER_PAGE && (total == null || number.value * ROWS_PER_PAGE < total);
  return { ok: true, value: { rows, next: more ? String(number.value + 1) : undefined } };
}

function flat(page: Found<VenuePage<WireRow>>): Found<VenuePage<ListedMarket>> {
  if (!page.ok) return page;
  return { ok: true, value: { ...page.value, rows: page.value.rows.flatMap(marketsOf) } };
}

function marketsOf(row: WireRow): readonly ListedMarket[] {
  return isGroup(row) ? (row.markets ?? []).map((option) => toListed(option, row)) : [toListed(row)];
}

function toEvent(row: WireRow): ListedEvent {
  const markets = marketsOf(row);
  return {
    id: row.slug,
    title: row.title,
    status: eventStatus(markets),
    category: row.categories?.[0],
    endDate: endOf(row) ?? markets[0]?.endDate,
    markets,
  };
}
