import { json, route, type Route, type RouteRequest } from '../http/route.ts';
import { CREATED_TIME } from '../catalog/build-catalog.ts';
import { directionOf } from '../orders/views.ts';
import type { TradeRecord } from '../orders/records.ts';
import type { MarketState, Venue } from '../state.ts';
import { badParameter, notFound } from '../venue-error.ts';
import { ONE } from '../../lib/units.ts';
import { contracts, dollars, isoTime } from '../wire.ts';
import { marketView, orderbookView } from './market-view.ts';
import { pageOf } from './page.ts';
import { equals, integerOf, listed, within } from './query.ts';

const MAX_DEPTH = 100;
const MAX_BOOKS = 100;

/** The status filter's words for the statuses that markets show. */
const STATUS: Readonly<Record<string, MarketState['status'] | 'none'>> = {
  unopened: 'none',
  paused: 'none',
  open: 'active',
  closed: 'closed',
  settled: 'finalized',
};

export const marketRoutes: readonly Route[] = [
  route('GET', '/markets', (venue, { query }) => {
    const rows = venue.markets.filter(marketFilter(query));
    const page = pageOf(rows, query, (state) => state.market.ticker);
    return json({ markets: page.rows.map((state) => marketView(venue, state)), cursor: page.cursor });
  }),
  route('GET', '/markets/trades', (venue, { query }) => {
    const ticker = equals(query, 'ticker');
    const time = within(query, 'min_ts', 'max_ts');
    const blocks = query.get('is_block_trade') === 'true';
    const rows = blocks
      ? []
      : venue.trades.filter((t) => ticker(t.ticker) && time(t.createdAtMs)).toReversed();
    const page = pageOf(rows, query, (trade) => trade.id);
    return json({ trades: page.rows.map(tradeView), cursor: page.cursor });
  }),
  route('GET', '/markets/orderbooks', (venue, { query }) => {
    const tickers = query.getAll('tickers').slice(0, MAX_BOOKS);
    const books = tickers.flatMap((ticker) => {
      const state = venue.byTicker.get(ticker);
      return state === undefined ? [] : [{ ticker, orderbook_fp: orderbookView(state, 0) }];
    });
    return json({ orderbooks: books });
  }),
  route('GET', '/markets/:ticker', (venue, request) =>
    json({ market: marketView(venue, requireMarket(venue, request)) }),
  ),
  route('GET', '/markets/:ticker/orderbook', (venue, request) => {
    const depth = integerOf(request.query, 'depth') ?? 0;
    if (depth > MAX_DEPTH) throw badParameter(`depth must be at most ${MAX_DEPTH}`);
    return json({ orderbook_fp: orderbookView(requireMarket(venue, request), depth) });
  }),
];

/** Filters of `GET /markets` that fit a catalogue which never changes. @throws 400 for an unknown status. */
function marketFilter(query: URLSearchParams): (state: MarketState) => boolean {
  const status = statusOf(query);
  const event = equals(query, 'event_ticker');
  const series = equals(query, 'series_ticker');
  const tickers = listed(query, 'tickers');
  const created = within(query, 'min_created_ts', 'max_created_ts');
  const closes = within(query, 'min_close_ts', 'max_close_ts');
  const settled = within(query, 'min_settled_ts', 'max_settled_ts');
  return (state) =>
    (status === undefined || state.status === status) &&
    event(state.market.event.ticker) &&
    series(state.market.event.series.ticker) &&
    tickers(state.market.ticker) &&
    created(Date.parse(CREATED_TIME)) &&
    closes(Date.parse(state.market.closeTime)) &&
    settled(state.settledAtMs);
}

/** @throws 400 for a word that is no status. */
export function statusOf(query: URLSearchParams): MarketState['status'] | 'none' | undefined {
  const text = query.get('status') ?? '';
  if (text === '') return undefined;
  const status = STATUS[text];
  if (status === undefined) throw badParameter('status');
  return status;
}

export function requireMarket(venue: Venue, request: RouteRequest): MarketState {
  const state = venue.byTicker.get(request.params['ticker'] ?? '');
  if (state === undefined) throw notFound();
  return state;
}

/** `Trade`. */
function tradeView(trade: TradeRecord): Record<string, unknown> {
  const direction = directionOf(trade.takerSide);
  return {
    trade_id: trade.id,
    ticker: trade.ticker,
    count_fp: contracts(trade.count),
    yes_price_dollars: dollars(trade.price),
    no_price_dollars: dollars(ONE - trade.price),
    taker_side: direction['outcome_side'],
    taker_outcome_side: direction['outcome_side'],
    taker_book_side: trade.takerSide,
    created_time: isoTime(trade.createdAtMs),
    is_block_trade: false,
  };
}
