import { json, route, type Route } from '../http/route.ts';
import type { MarketEvent, Series } from '../catalog/market.ts';
import { CREATED_TIME } from '../catalog/build-catalog.ts';
import { EXCHANGE_INDEX } from '../orders/views.ts';
import type { MarketState, Venue } from '../state.ts';
import { notFound } from '../venue-error.ts';
import { marketView } from './market-view.ts';
import { statusOf } from './markets.ts';
import { pageOf } from './page.ts';
import { equals, listed } from './query.ts';

/** Events per page on the venue. */
const MAX_EVENTS = 200;

export const eventRoutes: readonly Route[] = [
  route('GET', '/events', (venue, { query }) => {
    const status = statusOf(query);
    const series = equals(query, 'series_ticker');
    const tickers = listed(query, 'tickers');
    const nested = query.get('with_nested_markets') === 'true';
    const rows = eventsOf(venue).filter(
      ({ event, markets }) =>
        series(event.series.ticker) &&
        tickers(event.ticker) &&
        (status === undefined || markets.some((state) => state.status === status)),
    );
    const limits = { fallback: MAX_EVENTS, max: MAX_EVENTS };
    const page = pageOf(rows, query, ({ event }) => event.ticker, limits);
    return json({ events: page.rows.map((row) => eventView(venue, row, nested)), cursor: page.cursor });
  }),
  route('GET', '/events/:ticker', (venue, { params, query }) => {
    const row = eventsOf(venue).find(({ event }) => event.ticker === params['ticker']);
    if (row === undefined) throw notFound();
    const nested = query.get('with_nested_markets') === 'true';
    const markets = nested ? [] : row.markets.map((state) => marketView(venue, state));
    return json({ event: eventView(venue, row, nested), markets });
  }),
  route('GET', '/series', (venue, { query }) => {
    const category = equals(query, 'category');
    return json({
      series: seriesOf(venue)
        .filter((series) => category(series.category))
        .map(seriesView),
    });
  }),
  route('GET', '/series/:ticker', (venue, { params }) => {
    const series = seriesOf(venue).find(({ ticker }) => ticker === params['ticker']);
    if (series === undefined) throw notFound();
    return json({ series: seriesView(series) });
  }),
];

interface EventRow {
  readonly event: MarketEvent;
  readonly markets: readonly MarketState[];
}

function eventsOf(venue: Venue): readonly EventRow[] {
  return [...Map.groupBy(venue.markets, (state) => state.market.event)].map(([event, markets]) => ({
    event,
    markets,
  }));
}

function seriesOf(venue: Venue): readonly Series[] {
  return [...new Set(venue.markets.map((state) => state.market.event.series))];
}

/** `EventData`. */
function eventView(venue: Venue, { event, markets }: EventRow, nested: boolean): Record<string, unknown> {
  return {
    event_ticker: event.ticker,
    series_ticker: event.series.ticker,
    sub_title: event.subTitle,
    title: event.title,
    collateral_return_type: 'binary',
    mutually_exclusive: event.mutuallyExclusive,
    category: event.series.category,
    strike_period: event.subTitle,
    settlement_sources: [],
    last_updated_ts: CREATED_TIME,
    exchange_index: EXCHANGE_INDEX,
    ...(nested ? { markets: markets.map((state) => marketView(venue, state)) } : {}),
  };
}

/** `Series`. */
function seriesView(series: Series): Record<string, unknown> {
  return {
    ticker: series.ticker,
    frequency: series.frequency,
    title: series.title,
    category: series.category,
    categories: [series.category],
    tags: [],
    settlement_sources: [],
    contract_url: '',
    contract_terms_url: '',
    fee_type: series.makerFees ? 'quadratic_with_maker_fees' : 'quadratic',
    fee_multiplier: 1,
    additional_prohibitions: [],
    last_updated_ts: CREATED_TIME,
    exchange_index: EXCHANGE_INDEX,
  };
}
