import * as z from 'zod';
import { listByIds, matchesQuery, eventStatus } from '../market-data/listing.ts';
import type {
  EventQuery,
  ListedEvent,
  ListedMarket,
  ListedStatus,
  MarketQuery,
  Page,
  Found,
} from '../port.ts';
import { mentions, scanPages } from '../market-data/scan-pages.ts';
import type { PredictFunApi } from './api.ts';
import { categorySchema, knownMarket, marketSchema, toListed, type WireCategory } from './market.ts';

/** What public clients ask for at most; the pages name no limit. */
const ROWS_PER_PAGE = '100';

const cursor = z.string().nullish();
const marketsSchema = z.object({ data: z.array(marketSchema), cursor });
const categoriesSchema = z.object({ data: z.array(categorySchema), cursor });

/** The venue's words for the status filter: what is neither it can not be asked for. */
const STATUS: Readonly<Record<ListedStatus, string | undefined>> = {
  open: 'OPEN',
  closed: undefined,
  resolved: 'RESOLVED',
};

const filter = (status: ListedStatus | undefined) => (status === undefined ? undefined : STATUS[status]);

/** `GET /markets`: status is the venue's filter, the rest is applied here. */
export async function listMarkets(
  api: PredictFunApi,
  query: MarketQuery,
): Promise<Found<Page<ListedMarket>>> {
  if (query.ids) return listByIds(query.ids, (id) => oneMarket(api, id));
  return scanPages(
    async (after) => {
      const search = { first: ROWS_PER_PAGE, after, includeStats: 'true', status: filter(query.status) };
      const found = await api.reader.get('/markets', search, marketsSchema);
      if (!found.ok) return found;
      const { data, cursor: next } = found.value;
      const rows = data.map((market) => toListed(market));
      // The last page may have a cursor too: nothing follows an empty page.
      return { ok: true, value: { rows, next: rows.length > 0 && next ? next : undefined } };
    },
    matchesQuery(query),
    query,
  );
}

export async function oneMarket(api: PredictFunApi, id: string): Promise<Found<ListedMarket>> {
  const found = await knownMarket(api, id);
  return found.ok ? { ok: true, value: found.value.listed } : found;
}

/** The venue's categories. */
export async function listEvents(
  api: PredictFunApi,
  { status, search, limit, cursor: from }: EventQuery,
): Promise<Found<Page<ListedEvent>>> {
  return scanPages(
    async (after) => {
      const query = { first: ROWS_PER_PAGE, after, includeStats: 'true', status: filter(status) };
      const found = await api.reader.get('/categories', query, categoriesSchema);
      if (!found.ok) return found;
      const { data, cursor: next } = found.value;
      const rows = data.map(toEvent);
      return { ok: true, value: { rows, next: rows.length > 0 && next ? next : undefined } };
    },
    (event) => (status === undefined || event.status === status) && mentions(search, event.title),
    { limit, cursor: from },
  );
}

function toEvent(category: WireCategory): ListedEvent {
  const markets = (category.markets ?? []).map((market) => toListed(market, category));
  return {
    id: category.slug,
    title: category.title,
    status: eventStatus(markets),
    category: category.tags?.[0]?.name,
    endDate: category.endsAt ?? undefined,
    volume: category.stats?.volumeTotalUsd ?? undefined,
    markets,
  };
}
