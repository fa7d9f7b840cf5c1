import { ONE, type Micro } from '../../lib/units.ts';
import { json, signedRoute, type Route } from '../http/route.ts';
import { accountOf, type Account, type Position } from '../ledger.ts';
import { EXCHANGE_INDEX, fillView } from '../orders/views.ts';
import { availableCash } from '../orders/reserve.ts';
import { nowMs, type Venue } from '../state.ts';
import { cents, contracts, dollars, isoTime } from '../wire.ts';
import { markOf } from './market-view.ts';
import { pageOf } from './page.ts';
import { equals, listed, within } from './query.ts';

export const portfolioRoutes: readonly Route[] = [
  signedRoute('GET', '/portfolio/balance', (venue, _request, { userId }) => {
    const account = accountOf(venue.ledger, userId);
    const balance = availableCash(venue, account);
    return json({
      balance: cents(balance),
      balance_dollars: dollars(balance),
      portfolio_value: cents(portfolioValue(venue, account)),
      updated_ts: Math.floor(nowMs(venue) / 1000),
      balance_breakdown: [{ exchange_index: EXCHANGE_INDEX, balance: dollars(balance) }],
    });
  }),
  signedRoute('GET', '/portfolio/positions', (venue, { query }, { userId }) => {
    const rows = positionsOf(venue, userId, query);
    const page = pageOf(rows, query, (row) => row.ticker);
    const events = Map.groupBy(page.rows, (row) => row.eventTicker);
    return json({
      market_positions: page.rows.map(positionView),
      event_positions: [...events].map(([ticker, markets]) => eventPositionView(ticker, markets)),
      cursor: page.cursor,
    });
  }),
  // Newest first.
  signedRoute('GET', '/portfolio/fills', (venue, { query }, { userId }) => {
    const ticker = equals(query, 'ticker');
    const order = equals(query, 'order_id');
    const time = within(query, 'min_ts', 'max_ts');
    const rows = venue.fills
      .filter(
        (fill) =>
          fill.userId === userId && ticker(fill.ticker) && order(fill.orderId) && time(fill.createdAtMs),
      )
      .toReversed();
    const page = pageOf(rows, query, (fill) => fill.id);
    return json({ fills: page.rows.map(fillView), cursor: page.cursor });
  }),
];

function portfolioValue(venue: Venue, account: Account): Micro {
  let value = 0n;
  for (const [ticker, { contracts: held }] of account.positions) {
    const state = venue.byTicker.get(ticker);
    if (state === undefined) continue;
    const mark = markOf(state);
    value += held >= 0n ? (held * mark) / ONE : (-held * (ONE - mark)) / ONE;
  }
  return value;
}

interface PositionRow {
  readonly ticker: string;
  readonly eventTicker: string;
  readonly position: Position;
}

function positionsOf(venue: Venue, userId: string, query: URLSearchParams): readonly PositionRow[] {
  const ticker = equals(query, 'ticker');
  const event = equals(query, 'event_ticker');
  const counted = listed(query, 'count_filter');
  const all = (query.get('count_filter') ?? '') === '';
  return [...accountOf(venue.ledger, userId).positions]
    .map(([key, position]) => {
      const eventTicker = venue.byTicker.get(key)?.market.event.ticker ?? '';
      return { ticker: key, eventTicker, position };
    })
    .filter((row) => ticker(row.ticker) && event(row.eventTicker))
    .filter(
      ({ position }) =>
        all ||
        (counted('position') && position.contracts !== 0n) ||
        (counted('total_traded') && position.traded !== 0n),
    );
}

/** `MarketPosition`: contracts below zero are NO. */
function positionView({ ticker, position }: PositionRow): Record<string, unknown> {
  return {
    ticker,
    exchange_index: EXCHANGE_INDEX,
    total_traded_dollars: dollars(position.traded),
    position_fp: contracts(position.contracts),
    market_exposure_dollars: dollars(position.cost),
    realized_pnl_dollars: dollars(position.realized),
    fees_paid_dollars: dollars(position.fees),
    last_updated_ts: isoTime(position.updatedAtMs),
  };
}

/** `EventPosition`: the sum over the event's markets. */
function eventPositionView(eventTicker: string, rows: readonly PositionRow[]): Record<string, unknown> {
  const sum = (of: (position: Position) => Micro): Micro =>
    rows.reduce((total, row) => total + of(row.position), 0n);
  return {
    event_ticker: eventTicker,
    total_cost_dollars: dollars(sum((position) => position.traded)),
    total_cost_shares_fp: contracts(sum(({ contracts: held }) => (held < 0n ? -held : held))),
    event_exposure_dollars: dollars(sum((position) => position.cost)),
    realized_pnl_dollars: dollars(sum((position) => position.realized)),
    fees_paid_dollars: dollars(sum((position) => position.fees)),
  };
}
