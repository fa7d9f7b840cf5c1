import { levelsOf, type Level } from '../../lib/book/order-book.ts';
import { ONE, type Micro } from '../../lib/units.ts';
import { CREATED_TIME } from '../catalog/build-catalog.ts';
import { EXCHANGE_INDEX } from '../orders/views.ts';
import type { MarketState, Venue } from '../state.ts';
import { contracts, dollars, isoTime } from '../wire.ts';

/** `Market` of kalshi-typescript 3.30.0. Prices of an empty side are 0 and 1. */
export function marketView(venue: Venue, state: MarketState): Record<string, unknown> {
  const { market } = state;
  const bid = levelsOf(state.book.bids)[0] ?? { price: 0n, size: 0n };
  const ask = levelsOf(state.book.asks)[0] ?? { price: ONE, size: 0n };
  return {
    ticker: market.ticker,
    event_ticker: market.event.ticker,
    market_type: 'binary',
    title: market.event.title,
    subtitle: market.yesSubTitle,
    yes_sub_title: market.yesSubTitle,
    no_sub_title: market.yesSubTitle,
    created_time: CREATED_TIME,
    updated_time: CREATED_TIME,
    open_time: market.openTime,
    close_time: market.closeTime,
    expected_expiration_time: market.closeTime,
    expiration_time: market.closeTime,
    latest_expiration_time: market.closeTime,
    settlement_timer_seconds: 3600,
    status: state.status,
    ...topView(bid, ask),
    last_price_dollars: dollars(state.lastPrice),
    volume_fp: contracts(state.volume),
    volume_24h_fp: contracts(state.volume),
    result: state.result ?? '',
    can_close_early: true,
    open_interest_fp: contracts(venue.ledger.openInterest.get(market.ticker) ?? 0n),
    notional_value_dollars: dollars(ONE),
    previous_yes_bid_dollars: dollars(bid.price),
    previous_yes_ask_dollars: dollars(ask.price),
    previous_price_dollars: dollars(state.previousPrice),
    liquidity_dollars: '0.0000',
    ...settlementView(state),
    expiration_value: '',
    rules_primary: `If the outcome is "${market.yesSubTitle}", the market resolves to Yes.`,
    rules_secondary: '',
    price_level_structure: market.structure,
    price_ranges: [{ start: dollars(0n), end: dollars(ONE), step: dollars(market.tick) }],
    exchange_index: EXCHANGE_INDEX,
  };
}

function topView(bid: Level, ask: Level): Record<string, string> {
  return {
    yes_bid_dollars: dollars(bid.price),
    yes_bid_size_fp: contracts(bid.size),
    yes_ask_dollars: dollars(ask.price),
    yes_ask_size_fp: contracts(ask.size),
    no_bid_dollars: dollars(ONE - ask.price),
    no_ask_dollars: dollars(ONE - bid.price),
  };
}

function settlementView(state: MarketState): Record<string, string> {
  if (state.result === undefined || state.settledAtMs === undefined) return {};
  return {
    settlement_value_dollars: dollars(state.result === 'yes' ? ONE : 0n),
    settlement_ts: isoTime(state.settledAtMs),
  };
}

/**
 * `OrderbookCountFp`: bids of both outcomes, the best one last. Whoever asks for YES at p bids for NO at 1 - p.
 * @param depth levels a side, the best ones; 0 or less for all.
 */
export function orderbookView({ book }: MarketState, depth: number): Record<string, unknown> {
  const no = levelsOf(book.asks).map(({ price, size }) => ({ price: ONE - price, size }));
  return { yes_dollars: bidsView(levelsOf(book.bids), depth), no_dollars: bidsView(no, depth) };
}

function bidsView(levels: readonly Level[], depth: number): readonly (readonly [string, string])[] {
  const shown = depth > 0 ? levels.slice(0, depth) : levels;
  return shown.toReversed().map(({ price, size }) => [dollars(price), contracts(size)] as const);
}

/** The last traded price, or the middle of the book: what positions are valued at. */
export function markOf(state: MarketState): Micro {
  if (state.result !== undefined) return state.result === 'yes' ? ONE : 0n;
  if (state.lastPrice > 0n) return state.lastPrice;
  const bid = state.book.bids[0]?.price ?? 0n;
  const ask = state.book.asks[0]?.price ?? ONE;
  return (bid + ask) / 2n;
}
