import { json, type Reply, type Route, type RouteRequest } from '../lib/http/route.ts';
import { formatMicro, ONE } from '../lib/units.ts';
import type { VenueKind } from '../data-venues/application.ts';
import { pricesBetween } from '../data-venues/clock.ts';
import { type Group, type Market, type OutcomeIndex, type Venue } from '../data-venues/model.ts';
import { numberedPage } from '../data-venues/paging.ts';
import { startDataVenue, type DataVenueEmulator, type DataVenueOptions } from '../data-venues/start.ts';
import { catalogue } from './catalogue.ts';
import { bookView, groupView, latestPriceView, marketView } from './views.ts';

/** The venue's largest page. */
const PAGE = { fallback: 10, max: 20 };
const HOUR = 3_600;
/** Points of one answer; what is older is asked for with an earlier `end_at`. */
const SAMPLES = 1_000;
/** How far back hourly and daily samples go. */
const HOURS_KEPT = 7 * 24;
const DAYS_KEPT = 90;

const told = (result: unknown): Reply => json({ errno: 0, errmsg: '', result });
/** The venue's refusals come in a 200. */
const refused = (errno: number, errmsg: string): Reply => json({ errno, errmsg, result: null });
const unknownMarket = (): Reply => refused(10_200, 'Topic ID does not exist');
const badParameter = (name: string): Reply => refused(10_003, `invalid parameter ${name}`);

const refuse = (status: number, message: string): Reply =>
  status === 401 ? refused(11_002, 'Invalid API key') : json({ errno: status, errmsg: message }, status);

const isMarket = (row: Market | Group): row is Market => 'tokens' in row;
const viewOf = (venue: Venue, row: Market | Group) =>
  isMarket(row) ? marketView(venue, row) : groupView(venue, row);

/** A token's market and which outcome it is. */
const ofToken =
  (view: (venue: Venue, market: Market, outcome: OutcomeIndex, request: RouteRequest) => unknown) =>
  (venue: Venue, request: RouteRequest): Reply => {
    const token = request.query.get('token_id') ?? '';
    const market = venue.markets.find(({ tokens }) => tokens.includes(token));
    if (market === undefined) return badParameter('token_id');
    return told(view(venue, market, market.tokens[0] === token ? 0 : 1, request));
  };

function list(venue: Venue, { query }: RouteRequest): Reply {
  const wanted = query.get('marketType') ?? '0';
  const status = query.get('status');
  if (!['0', '1', '2'].includes(wanted)) return badParameter('marketType');
  const alone = venue.markets.filter(({ group }) => group === undefined);
  const rows: readonly (Market | Group)[] = [
    ...(wanted === '0' ? [] : venue.groups),
    ...(wanted === '1' ? [] : alone),
  ];
  const listed = rows.filter((row) => status === null || statusWord(row) === status);
  const page = numberedPage(listed, query, PAGE);
  return told({ total: listed.length, list: page.rows.map((row) => viewOf(venue, row)) });
}

/** A topic with options stays activated while one of them is. */
const statusWord = (row: Market | Group): string =>
  !isMarket(row) || row.status === 'open' ? 'activated' : row.status === 'resolved' ? 'resolved' : '';

function history(venue: Venue, market: Market, outcome: OutcomeIndex, { query }: RouteRequest): unknown {
  // What is not "1h" is taken for a day.
  const hourly = query.get('interval') === '1h';
  const step = hourly ? HOUR : 24 * HOUR;
  const now = Math.floor(Date.now() / 1000);
  const to = Math.min(Number(query.get('end_at') ?? now), now);
  const from = now - (hourly ? HOURS_KEPT : DAYS_KEPT) * step;
  const points = pricesBetween(venue, market, { from, to, step }).slice(-SAMPLES);
  const newestFirst = points.toReversed().map(({ at, price }) => ({
    t: at,
    p: formatMicro(outcome === 0 ? price : ONE - price),
  }));
  return { history: newestFirst };
}

const get = (pattern: string, handler: Route<Venue>['handler']): Route<Venue> => ({
  method: 'GET',
  pattern,
  handler,
});

const detail = (wanted: (row: Market | Group, name: string) => boolean): Route<Venue>['handler'] =>
  function find(venue, { params }) {
    const rows: readonly (Market | Group)[] = [...venue.groups, ...venue.markets];
    const row = rows.find((one) => wanted(one, params['name'] ?? ''));
    return row === undefined ? unknownMarket() : told({ data: viewOf(venue, row) });
  };

const routes: readonly Route<Venue>[] = [
  get('/market', list),
  get(
    '/market/:name',
    detail((row, name) => isMarket(row) && String(row.id) === name),
  ),
  get(
    '/market/categorical/:name',
    detail((row, name) => !isMarket(row) && String(row.id) === name),
  ),
  // The slug of an option leads to the market that it is an option of.
  get('/market/slug/:name', (venue, { params }) => {
    const slug = params['name'] ?? '';
    const market = venue.markets.find((one) => one.slug === slug);
    const row = market?.group ?? market ?? venue.groups.find((one) => one.slug === slug);
    return row === undefined ? unknownMarket() : told({ data: viewOf(venue, row) });
  }),
  get('/token/orderbook', ofToken(bookView)),
  get('/token/latest-price', ofToken(latestPriceView)),
  get('/token/price-history', ofToken(history)),
  get('/quoteToken', () => told({ total: 0, list: [] })),
  get('/trade/user/:wallet', () => told({ total: 0, list: [] })),
];

export const opinion: VenueKind = {
  name: 'opinion',
  basePath: '/openapi',
  routes,
  keyHeader: 'apikey',
  refuse,
};

/** A local Opinion, read only. @throws when the port is taken. */
export const startOpinionEmulator = (options?: DataVenueOptions): Promise<DataVenueEmulator> =>
  startDataVenue(opinion, catalogue, options);
