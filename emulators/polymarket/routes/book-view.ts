import { createHash } from 'node:crypto';
import type { Level } from '../../lib/book/order-book.ts';
import { tokenBook } from '../book/mirror.ts';
import { isYes } from '../catalog/market.ts';
import { lastPriceFor, type MarketState } from '../state.ts';
import { formatMicro } from '../../lib/units.ts';

/**
 * A token's book, best level last on both sides. The hash is SHA-1 of this object with an empty
 * hash, in this key order: what `generateOrderBookSummaryHash` of the official clients computes.
 */
export function bookView(state: MarketState, tokenId: string): Record<string, unknown> {
  const { market } = state;
  const { bids, asks } = tokenBook(state.book, isYes(market, tokenId));
  const view = {
    market: market.conditionId,
    asset_id: tokenId,
    timestamp: String(state.changedAtMs),
    hash: '',
    bids: bids.toReversed().map(levelView),
    asks: asks.toReversed().map(levelView),
    min_order_size: formatMicro(market.minSize),
    tick_size: market.tickText,
    neg_risk: market.negRisk,
    last_trade_price: formatMicro(lastPriceFor(state, tokenId)),
  };
  view.hash = createHash('sha1').update(JSON.stringify(view)).digest('hex');
  return view;
}

function levelView(level: Level): { readonly price: string; readonly size: string } {
  return { price: formatMicro(level.price), size: formatMicro(level.size) };
}
