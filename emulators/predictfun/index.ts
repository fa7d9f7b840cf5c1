import { json, type Reply, type Route, type RouteRequest } from '../lib/http/route.ts';
import { microToNumber } from '../lib/units.ts';
import type { VenueKind } from '../data-venues/application.ts';
import { present, pricesBetween } from '../data-venues/clock.ts';
import type { Market, Status, Venue } from '../data-venues/model.ts';
import { positive } from '../data-venues/paging.ts';
import { startDataVenue, type DataVenueEmulator, type DataVenueOptions } from '../data-venues/start.ts';
import { catalogue } from './catalogue.ts';
import { bookView, categoriesOf, categoryView, marketView, matchView } from './views.ts';

/** Less than clients ask for, so that their cursors are used. */
const MAX_ROWS = 20;
const DEFAULT_ROWS = 10;
/** Steps of a time series, seconds. */
const RESOLUTIONS: Readonly<Record<string, number>> = { '1m': 60, '5m': 300, '1h': 3_600, '1d': 86_400 };

const told = (data: unknown, cursor?: string | null): Reply =>
  json({ success: true, data, ...(cursor !== undefined && { cursor }) });

const refuse = (status: number, message: string): Reply =>
  json(
    {
      success: false,
      code: status,
      error: message.replaceAll(' ', '_'),
      message,
      timestamp: new Date().toISOString(),
      trace: '0'.repeat(32),
    },
    status,
  );

/** One page; the cursor names how many rows are done. Null on the last one. */
function page<T>(rows: readonly T[], query: URLSearchParams, view: (row: T) => unknown): Reply {
  const size = Math.min(positive(query, 'first', DEFAULT_ROWS), MAX_ROWS);
  const after = query.get('after');
  const start = after === null ? 0 : Number(Buffer.from(after, 'base64').toString());
  if (!Number.isSafeInteger(start) || start < 0) return refuse(400, 'bad request');
  const end = start + size;
  const cursor = end < rows.length ? Buffer.from(String(end)).toString('base64') : null;
  return told(rows.slice(start, end).map(view), cursor);
}

/** The venue calls open what is not resolved. */
function statusFilter(query: URLSearchParams): (status: Status) => boolean {
  const wanted = query.get('status');
  return (status) => wanted === null || (wanted === 'RESOLVED') === (status === 'resolved');
}

const withStats = ({ query }: RouteRequest): boolean => query.get('includeStats') === 'true';

const ofMarket =
  (view: (venue: Venue, market: Market, request: RouteRequest) => Reply) =>
  (venue: Venue, request: RouteRequest): Reply => {
    const market = venue.markets.find(({ id }) => String(id) === request.params['id']);
    return market === undefined ? refuse(404, 'market not found') : view(venue, market, request);
  };

function matches(venue: Venue, { query }: RouteRequest): Reply {
  const id = query.get('marketId');
  const market = venue.markets.find((one) => String(one.id) === id);
  // Nobody that a caller could name trades here.
  const rows = market === undefined || query.get('signerAddress') ? [] : present(venue, market).trades;
  return page(rows, query, (trade) => (market === undefined ? {} : matchView(market, trade)));
}

function timeseries(venue: Venue, market: Market, { query }: RouteRequest): Reply {
  const step = RESOLUTIONS[query.get('resolution') ?? '1h'];
  if (step === undefined || query.get('metric') !== 'chance') return refuse(400, 'bad request');
  const now = Math.floor(Date.now() / 1000);
  const from = Number(query.get('from') ?? now - 86_400);
  const to = Math.min(Number(query.get('to') ?? now), now);
  const points = pricesBetween(venue, market, { from, to, step }).slice(0, positive(query, 'limit', 100));
  // Percent, as the venue shows it.
  return told({ series: points.map(({ at, price }) => ({ x: at, y: microToNumber(price * 100n) })) }, null);
}

const get = (pattern: string, handler: Route<Venue>['handler']): Route<Venue> => ({
  method: 'GET',
  pattern,
  handler,
});

const routes: readonly Route<Venue>[] = [
  get('/tags', () => told([])),
  get('/markets', (venue, request) => {
    const keep = statusFilter(request.query);
    const rows = venue.markets.filter(({ status }) => keep(status));
    return page(rows, request.query, (market) => marketView(venue, market, withStats(request)));
  }),
  get(
    '/markets/:id',
    ofMarket((venue, market, request) => told(marketView(venue, market, withStats(request)))),
  ),
  get(
    '/markets/:id/orderbook',
    ofMarket((venue, market) => told(bookView(venue, market))),
  ),
  get('/markets/:id/timeseries', ofMarket(timeseries)),
  get('/categories', (venue, request) => {
    const keep = statusFilter(request.query);
    const rows = categoriesOf(venue).filter(({ markets }) => markets.some(({ status }) => keep(status)));
    return page(rows, request.query, (one) => categoryView(venue, one, withStats(request)));
  }),
  get('/categories/:slug', (venue, request) => {
    const found = categoriesOf(venue).find(({ slug }) => slug === request.params['slug']);
    return found ? told(categoryView(venue, found, true)) : refuse(404, 'category not found');
  }),
  get('/orders/matches', matches),
];

export const predictfun: VenueKind = {
  name: 'predictfun',
  basePath: '/v1',
  routes,
  keyHeader: 'x-api-key',
  refuse,
};

/** A local Predict.fun, read only. @throws when the port is taken. */
export const startPredictFunEmulator = (options?: DataVenueOptions): Promise<DataVenueEmulator> =>
  startDataVenue(predictfun, catalogue, options);
