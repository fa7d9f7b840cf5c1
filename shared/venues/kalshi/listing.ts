import * as z from 'zod';
import type { Micro } from '../../money/fixed.ts';
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
import type { KalshiApi } from './api.ts';
import { isTicker, marketSchema, readMarket, toListed } from './market.ts';

/** The venue's largest page of markets, and of events. */
const MARKETS_PER_PAGE = 1_000;
const EVENTS_PER_PAGE = 200;

const cursor = z.string().nullish();
const marketsSchema = z.object({ markets: z.array(marketSchema), cursor });
const eventsSchema = z.object({
  events: z.array(
    z.object({
      event_ticker: z.string(),
      title: z.string(),
      sub_title: z.string().optional(),
      category: z.string().optional(),
      markets: z.array(marketSchema).optional(),
    }),
  ),
  cursor,
});

/** The venue's words for the status filter. */
const STATUS: Readonly<Record<ListedStatus, string>> = {
  open: 'open',
  closed: 'closed',
  resolved: 'settled',
};

/** `GET /markets`: status and tickers are the venue's filters, the rest is applied here. */
export async function listMarkets(
  api: KalshiApi,
  { ids, status, search, minVolume, minLiquidity, limit, cursor: from }: MarketQuery,
): Promise<Found<Page<ListedMarket>>> {
  const keep = (market: ListedMarket): boolean =>
    (status === undefined || market.status === status) &&
    mentions(search, market.question, market.groupTitle) &&
    atLeast(market.volume, minVolume) &&
    atLeast(market.liquidity, minLiquidity);
  const tickers = ids?.filter(isTicker);
  if (tickers?.length === 0) return { ok: true, value: { items: [] } };
  return scanPages(
    async (page) => {
      const query = new URLSearchParams({ limit: String(MARKETS_PER_PAGE) });
      if (status !== undefined) query.set('status', STATUS[status]);
      if (tickers) query.set('tickers', tickers.join(','));
      if (page !== undefined) query.set('cursor', page);
      const found = await api.get('/markets', query, marketsSchema);
      if (!found.ok) return found;
      const { markets, cursor: next } = found.value;
      return {
        ok: true,
        value: { rows: markets.map((market) => toListed(market)), next: next || undefined },
      };
    },
    keep,
    { limit, cursor: from },
  );
}

export async function oneMarket(api: KalshiApi, ticker: string): Promise<Found<ListedMarket>> {
  const found = await readMarket(api, ticker);
  return found.ok ? { ok: true, value: toListed(found.value) } : found;
}

export async function listEvents(
  api: KalshiApi,
  { status, search, limit, cursor: from }: EventQuery,
): Promise<Found<Page<ListedEvent>>> {
  return scanPages(
    async (page) => {
      const query = new URLSearchParams({ limit: String(EVENTS_PER_PAGE), with_nested_markets: 'true' });
      if (status !== undefined) query.set('status', STATUS[status]);
      if (page !== undefined) query.set('cursor', page);
      const found = await api.get('/events', query, eventsSchema);
      if (!found.ok) return found;
      const { events, cursor: next } = found.value;
      return { ok: true, value: { rows: events.map(toEvent), next: next || undefined } };
    },
    (event) => (status === undefined || event.status === status) && mentions(search, event.title),
    { limit, cursor: from },
  );
}

function toEvent(wire: z.infer<typeof eventsSchema>['events'][number]): ListedEvent {
  const markets = (wire.markets ?? []).map((market) => toListed(market, wire.title));
  return {
    id: wire.event_ticker,
    title: wire.title,
    status: eventStatus(markets),
    category: wire.category,
    endDate: markets.map(({ endDate = '' }) => endDate).reduce((a, b) => (a > b ? a : b), '') || undefined,
    markets,
  };
}

/** An event is as open as its most open market. */
function eventStatus(markets: readonly ListedMarket[]): ListedStatus {
  if (markets.some(({ status }) => status === 'open')) return 'open';
  return markets.length > 0 && markets.every(({ status }) => status === 'resolved') ? 'resolved' : 'closed';
}

const atLeast = (value: Micro | undefined, least: Micro | undefined): boolean =>
  least === undefined || (value !== undefined && value >= least);
