import { midOf, tokenBook, topOf } from '../book/mirror.ts';
import type { Level } from '../../lib/book/order-book.ts';
import { isYes, outcomeOf } from '../catalog/market.ts';
import type { TradeRecord } from '../orders/records.ts';
import { bookView } from '../routes/book-view.ts';
import { nowMs, type MarketState, type Venue } from '../state.ts';
import { formatMicro, ONE } from '../../lib/units.ts';

/** Events of the market channel, in the venue's shapes (docs.polymarket.com/asyncapi.json). */
export type MarketEvent = Readonly<Record<string, unknown>> & { readonly event_type: string };

/** Sizes by price of both sides of a token's book, to see later what changed. */
export interface Shown {
  readonly bids: ReadonlyMap<string, string>;
  readonly asks: ReadonlyMap<string, string>;
  readonly top: string;
}

export function bookEvent(state: MarketState, tokenId: string): MarketEvent {
  const { min_order_size: _m, neg_risk: _n, ...view } = bookView(state, tokenId);
  return { event_type: 'book', ...view };
}

export function shownOf(state: MarketState, tokenId: string): Shown {
  const { bids, asks } = tokenBook(state.book, isYes(state.market, tokenId));
  const { bid, ask } = topOf(state.book, isYes(state.market, tokenId));
  return { bids: sizesOf(bids), asks: sizesOf(asks), top: `${bid ?? 0n} ${ask ?? ONE}` };
}

const sizesOf = (levels: readonly Level[]): ReadonlyMap<string, string> =>
  new Map(levels.map(({ price, size }) => [formatMicro(price), formatMicro(size)]));

export interface PriceChange {
  readonly asset_id: string;
  readonly price: string;
  readonly size: string;
  readonly side: 'BUY' | 'SELL';
  readonly hash: string;
  readonly best_bid: string;
  readonly best_ask: string;
}

/** What changed in a token's book since `before`; a level that went has size 0. */
export function priceChanges(
  state: MarketState,
  tokenId: string,
  before: Shown,
  after: Shown,
): PriceChange[] {
  const changed = [
    ...levelChanges('BUY', before.bids, after.bids),
    ...levelChanges('SELL', before.asks, after.asks),
  ];
  if (changed.length === 0) return [];
  const hash = String(bookView(state, tokenId)['hash']);
  const best = bestOf(state, tokenId);
  return changed.map((change) => ({ asset_id: tokenId, ...change, hash, ...best }));
}

function levelChanges(
  side: 'BUY' | 'SELL',
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): { readonly price: string; readonly size: string; readonly side: 'BUY' | 'SELL' }[] {
  const gone = [...before.keys()].filter((price) => !after.has(price));
  const set = [...after].filter(([price, size]) => before.get(price) !== size);
  return [
    ...gone.map((price) => ({ price, size: '0', side })),
    ...set.map(([price, size]) => ({ price, size, side })),
  ];
}

/** The venue writes 0 and 1 where a side is empty. */
function bestOf(
  state: MarketState,
  tokenId: string,
): { readonly best_bid: string; readonly best_ask: string } {
  const { bid, ask } = topOf(state.book, isYes(state.market, tokenId));
  return { best_bid: formatMicro(bid ?? 0n), best_ask: formatMicro(ask ?? ONE) };
}

export function bestBidAskEvent(venue: Venue, state: MarketState, tokenId: string): MarketEvent {
  const top = topOf(state.book, isYes(state.market, tokenId));
  const spread = midOf(top) === undefined ? ONE : (top.ask ?? ONE) - (top.bid ?? 0n);
  return {
    event_type: 'best_bid_ask',
    market: state.market.conditionId,
    asset_id: tokenId,
    ...bestOf(state, tokenId),
    spread: formatMicro(spread),
    timestamp: String(nowMs(venue)),
  };
}

export function lastTradeEvent(trade: TradeRecord): MarketEvent {
  return {
    event_type: 'last_trade_price',
    market: trade.conditionId,
    asset_id: trade.tokenId,
    price: formatMicro(trade.price),
    size: formatMicro(trade.shares),
    side: trade.side,
    fee_rate_bps: String(trade.feeRateBps),
    timestamp: String(trade.matchedAtMs),
    transaction_hash: trade.transactionHash,
  };
}

export function resolvedEvent(venue: Venue, state: MarketState, winner: string): MarketEvent {
  const { market } = state;
  return {
    event_type: 'market_resolved',
    id: String(market.index),
    market: market.conditionId,
    assets_ids: [market.yesToken, market.noToken],
    winning_asset_id: winner,
    winning_outcome: outcomeOf(market, winner),
    timestamp: String(nowMs(venue)),
  };
}
