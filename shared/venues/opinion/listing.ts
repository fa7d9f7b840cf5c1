import * as z from 'zod';
import { listByIds, matchesQuery, pageNumber, eventStatus } from '../market-data/listing.ts';
import type { EventQuery, ListedEvent, ListedMarket, MarketQuery, Page, Found } from '../port.ts';
import { mentions, scanPages, type VenuePage } from '../market-data/scan-pages.ts';
import type { OpinionApi } from './api.ts';
import { endOf, isCategorical, knownMarket, toListed, topicSchema, type WireTopic } from './market.ts';

/** The venue's largest page. */
const TOPICS_PER_PAGE = 20;
/** The venue's words for which rows: categorical ones, or all. */
const CATEGORICAL = '1';
const ALL_TYPES = '2';

const listSchema = z.object({ total: z.number().nullish(), list: z.array(topicSchema).nullish() });

/** `GET /market`, options of categorical markets one by one. The venue has no search. */
export async function listMarkets(api: OpinionApi, query: MarketQuery): Promise<Found<Page<ListedMarket>>> {
  if (query.ids) return listByIds(query.ids, (id) => knownMarket(api, id));
  // A topic stays activated while some of its options have resolved, so only "open" can be asked of the venue.
  const status = query.status === 'open' ? 'activated' : undefined;
  return scanPages(
    async (page) => {
      const found = await topics(api, page, { marketType: ALL_TYPES, status });
      if (!found.ok) return found;
      return { ok: true, value: { ...found.value, rows: found.value.rows.flatMap(marketsOf) } };
    },
    matchesQuery(query),
    query,
  );
}

/** The venue's categorical markets. */
export async function listEvents(
  api: OpinionApi,
  { status, search, limit, cursor }: EventQuery,
): Promise<Found<Page<ListedEvent>>> {
  return scanPages(
    async (page) => {
      const found = await topics(api, page, { marketType: CATEGORICAL });
      if (!found.ok) return found;
      const { rows, next } = found.value;
      return { ok: true, value: { rows: rows.filter(isCategorical).map(toEvent), next } };
    },
    (event) => (status === undefined || event.status === status) && mentions(search, event.title),
    { limit, cursor },
  );
}

async function topics(
  api: OpinionApi,
  page: string | undefined,
  filter: { readonly marketType: string; readonly status?: string | undefined },
): Promise<Found<VenuePage<WireTopic>>> {
  const number = pageNumber(page);
  if (!number.ok) return number;
  const query = { page: String(number.value), limit: String(TOPICS_PER_PAGE), ...filter };
  const found = await api.get('/market', query, listSchema);
  if (!found.ok) return found;
  const { list, total } = found.value;
  const rows = list ?? [];
  const more = rows.length >= TOPICS_PER_PAGE && (total == null || number.value * TOPICS_PER_PAGE < total);
  return { ok: true, value: { rows, next: more ? String(number.value + 1) : undefined } };
}

const marketsOf = (topic: WireTopic): readonly ListedMarket[] =>
  isCategorical(topic)
    ? (topic.childMarkets ?? []).map((option) => toListed(option, topic))
    : [toListed(topic)];

/** The status is the options': the topic's own is known to lag behind them. */
function toEvent(topic: WireTopic): ListedEvent {
  const markets = marketsOf(topic);
  return {
    id: String(topic.marketId),
    title: topic.marketTitle,
    status: eventStatus(markets),
    category: topic.labels?.[0],
    endDate: endOf(topic),
    volume: topic.volume ?? undefined,
    markets,
  };
}
