import { json, type Reply, type Route, type RouteRequest } from '../lib/http/route.ts';
import { microToNumber } from '../lib/units.ts';
import type { VenueKind } from '../data-venues/application.ts';
import { present, pricesBetween } from '../data-venues/clock.ts';
import { marketNamed, type Group, type Market, type Venue } from '../data-venues/model.ts';
import { numberedPage } from '../data-venues/paging.ts';
import { startDataVenue, type DataVenueEmulator, type DataVenueOptions } from '../data-venues/start.ts';
import { catalogue } from './catalogue.ts';
import { bookView, groupView, marketView, tradeView } from './views.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** How far a preset reaches back and how densely it is sampled, seconds. */
const INTERVALS: Readonly<Record<string, { readonly span: number; readonly step: number }>> = {
  '1h': { span: HOUR, step: 60 },
  '6h': { span: 6 * HOUR, step: 300 },
  '1d': { span: DAY, step: 900 },
  '1w': { span: 7 * DAY, step: HOUR },
  '1m': { span: 30 * DAY, step: 6 * HOUR },
  all: { span: 90 * DAY, step: DAY },
};

const refuse = (status: number, message: string): Reply =>
  json({ statusCode: status, message, error: message }, status);

const notFound = (): Reply => refuse(404, 'Market not found');

/** A market by its slug; a pool has none of what is behind this. */
const withBook =
  (view: (venue: Venue, market: Market, request: RouteRequest) => Reply) =>
  (venue: Venue, request: RouteRequest): Reply => {
    const market = marketNamed(venue, request.params['slug'] ?? '');
    if (market === undefined) return notFound();
    return market.pool ? refuse(400, 'The market has no order book') : view(venue, market, request);
  };

const isMarket = (row: Market | Group): row is Market => 'tokens' in row;

const routes: readonly Route<Venue>[] = [
  {
    method: 'GET',
    pattern: '/markets/active',
    handler: (venue, { query }) => {
      const kind = query.get('tradeType');
      const alone = venue.markets.filter(({ group, status }) => group === undefined && status === 'open');
      const all: readonly (Market | Group)[] = [...venue.groups, ...alone];
      const listed = all.filter((row) => kind === null || kind === (isMarket(row) ? typeOf(row) : 'group'));
      const { rows } = numberedPage(listed, query, { fallback: 10, max: 25 });
      const data = rows.map((row) => (isMarket(row) ? marketView(venue, row) : groupView(venue, row)));
      return json({ data, totalMarketsCount: listed.length });
    },
  },
  {
    method: 'GET',
    pattern: '/markets/categories/count',
    handler: (venue) => json({ category: {}, totalCount: venue.markets.length }),
  },
  {
    method: 'GET',
    pattern: '/markets/:slug',
    handler: (venue, { params }) => {
      const slug = params['slug'] ?? '';
      const group = venue.groups.find((one) => one.slug === slug);
      if (group !== undefined) return json(groupView(venue, group));
      const market = venue.markets.find((one) => one.slug === slug);
      return market === undefined ? notFound() : json(marketView(venue, market));
    },
  },
  {
    method: 'GET',
    pattern: '/markets/:slug/orderbook',
    handler: withBook((venue, market) => json(bookView(venue, market))),
  },
  {
    method: 'GET',
    pattern: '/markets/:slug/events',
    handler: withBook((venue, market, { query }) => {
      const { trades } = present(venue, market);
      const { rows, page, limit } = numberedPage(trades, query, { fallback: 30, max: 100 });
      return json({
        events: rows.map((trade) => tradeView(market, trade)),
        limit,
        page,
        totalPages: Math.ceil(trades.length / limit),
        totalRows: trades.length,
      });
    }),
  },
  {
    method: 'GET',
    pattern: '/markets/:slug/historical-price',
    handler: withBook((venue, market, { query }) => {
      const preset = INTERVALS[query.get('interval') ?? '1d'];
      if (preset === undefined) return refuse(400, 'interval must be one of 1h, 6h, 1d, 1w, 1m, all');
      const to = Math.floor(Date.now() / 1000);
      const points = pricesBetween(venue, market, { from: to - preset.span, to, step: preset.step });
      const prices = points.toReversed().map(({ at, price }) => ({
        price: microToNumber(price),
        timestamp: new Date(at * 1000).toISOString(),
      }));
      return json([{ title: 'YES Token', prices }]);
    }),
  },
  {
    method: 'GET',
    pattern: '/portfolio/:account/positions',
    handler: () => json({ amm: [], clob: [], group: [] }),
  },
];

const typeOf = ({ pool }: Market): string => (pool ? 'amm' : 'clob');

export const limitless: VenueKind = { name: 'limitless', basePath: '', routes, refuse };

/** A local Limitless, read only. @throws when the port is taken. */
export const startLimitlessEmulator = (options?: DataVenueOptions): Promise<DataVenueEmulator> =>
  startDataVenue(limitless, catalogue, options);
