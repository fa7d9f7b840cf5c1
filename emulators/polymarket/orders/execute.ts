import { boundedPush } from '../../lib/bounded-collections.ts';
import type { BookEntry } from '../../lib/book/order-book.ts';
import { removeEntry } from '../../lib/book/order-book.ts';
import type { MatchPlan, PlannedFill } from '../book/plan-match.ts';
import { mirrorPrice } from '../book/mirror.ts';
import { baseFeeBps, isYes, outcomeOf } from '../catalog/market.ts';
import { accountOf, applyBuy, applySell, changeSets, chargeFee, takerFee, type Account } from '../ledger.ts';
import { hashId, hashUuid } from '../../lib/random.ts';
import { HOUSE_ADDRESS, HOUSE_OWNER, nextSeq, nowMs, type MarketState, type Venue } from '../state.ts';
import type { Micro } from '../../lib/units.ts';
import { settleOpen, storeTrade } from './order-table.ts';
import { notifyFill } from './notifications.ts';
import type { MakerFill, OrderRecord, TradeRecord } from './records.ts';

/** More trades than one command or tick makes; the channel takes them after each. */
const MAX_TAPE = 10_000;

/** The taker of a match: a user's order, or the market maker quoting on one token's behalf. */
export interface Taker {
  readonly order: OrderRecord | null;
  readonly tokenId: string;
  readonly side: 'BUY' | 'SELL';
}

/**
 * Moves cash and shares for a plan, takes the fills off the book, and records one trade per price.
 * @returns the trades, in the order they happened.
 */
export function applyPlan(
  venue: Venue,
  state: MarketState,
  taker: Taker,
  plan: MatchPlan,
): readonly TradeRecord[] {
  const trades: TradeRecord[] = [];
  for (const fills of byPrice(plan.fills)) {
    const makers = fills.map((fill) => settleFill(venue, state, taker, fill));
    trades.push(recordTrade(venue, state, taker, fills, makers));
  }
  if (trades.length > 0) state.changedAtMs = nowMs(venue);
  return trades;
}

function byPrice(fills: readonly PlannedFill[]): readonly PlannedFill[][] {
  const groups: PlannedFill[][] = [];
  for (const fill of fills) {
    const last = groups.at(-1);
    if (last?.[0]?.entry.price === fill.entry.price) last.push(fill);
    else groups.push([fill]);
  }
  return groups;
}

function settleFill(venue: Venue, state: MarketState, taker: Taker, fill: PlannedFill): MakerFill {
  const { entry, shares, yesCost } = fill;
  const makerOrder = entry.maker === null ? undefined : venue.orders.get(entry.id);
  const takerYes = isYes(state.market, taker.tokenId);
  const takerUsd = takerYes ? yesCost : shares - yesCost;
  move(takerAccount(venue, taker), taker.side, taker.tokenId, shares, takerUsd);
  const maker = makerSide(state, entry, makerOrder);
  const makerUsd = maker.yes ? yesCost : shares - yesCost;
  const account = makerOrder === undefined ? venue.ledger.house : accountOf(venue.ledger, makerOrder.maker);
  move(account, maker.side, maker.tokenId, shares, makerUsd);
  if (taker.side === maker.side) {
    changeSets(venue.ledger, state.market.conditionId, taker.side === 'BUY' ? shares : -shares);
  }
  entry.remaining -= shares;
  if (entry.remaining === 0n) removeEntry(state.book, entry.side, entry.id);
  if (makerOrder !== undefined) fillResting(venue, makerOrder, shares, makerUsd);
  return {
    orderId: entry.id,
    owner: makerOrder?.owner ?? HOUSE_OWNER,
    maker: makerOrder?.maker ?? HOUSE_ADDRESS,
    makerKey: entry.maker,
    shares,
    price: mirrorPrice(entry.price, maker.yes),
    tokenId: maker.tokenId,
    outcome: outcomeOf(state.market, maker.tokenId),
    side: maker.side,
  };
}

function makerSide(
  state: MarketState,
  entry: BookEntry,
  order: OrderRecord | undefined,
): { readonly tokenId: string; readonly side: 'BUY' | 'SELL'; readonly yes: boolean } {
  if (order !== undefined) return { tokenId: order.tokenId, side: order.side, yes: order.yes };
  // The house always trades YES; its holdings may go negative.
  return { tokenId: state.market.yesToken, side: entry.side === 'bid' ? 'BUY' : 'SELL', yes: true };
}

function takerAccount(venue: Venue, taker: Taker): Account {
  return taker.order === null ? venue.ledger.house : accountOf(venue.ledger, taker.order.maker);
}

function move(account: Account, side: 'BUY' | 'SELL', tokenId: string, shares: Micro, usd: Micro): void {
  if (side === 'BUY') applyBuy(account, tokenId, shares, usd);
  else applySell(account, tokenId, shares, usd);
}

function fillResting(venue: Venue, order: OrderRecord, shares: Micro, usd: Micro): void {
  order.matchedShares += shares;
  order.matchedUsd += usd;
  if (order.matchedShares >= order.shares) settleOpen(venue, order, 'MATCHED');
}

function recordTrade(
  venue: Venue,
  state: MarketState,
  taker: Taker,
  fills: readonly PlannedFill[],
  makers: readonly MakerFill[],
): TradeRecord {
  const { market } = state;
  const yes = isYes(market, taker.tokenId);
  const shares = fills.reduce((sum, fill) => sum + fill.shares, 0n);
  const price = mirrorPrice(fills[0]?.entry.price ?? 0n, yes);
  const seq = nextSeq(venue);
  const fee = taker.order === null ? 0n : takerFee(market.feeRate, shares, price);
  if (taker.order !== null) chargeFee(venue.ledger, accountOf(venue.ledger, taker.order.maker), fee);
  const trade: TradeRecord = {
    id: hashUuid('trade', venue.seed, seq, taker.order?.id ?? 'house'),
    takerOrderId: taker.order?.id ?? hashId('house-order', venue.seed, seq),
    takerOwner: taker.order?.owner ?? HOUSE_OWNER,
    takerMaker: taker.order?.maker ?? HOUSE_ADDRESS,
    takerKey: taker.order?.makerKey ?? null,
    conditionId: market.conditionId,
    tokenId: taker.tokenId,
    outcome: outcomeOf(market, taker.tokenId),
    side: taker.side,
    shares,
    price,
    feeRateBps: baseFeeBps(market),
    fee,
    builder: taker.order?.builder,
    transactionHash: hashId('transaction', venue.seed, seq, taker.order?.id ?? 'house'),
    matchedAtMs: nowMs(venue),
    makers,
    updatedAtMs: nowMs(venue),
    status: 'MATCHED',
  };
  state.lastTrade = { price, side: taker.side, yes };
  state.volume += fills.reduce((sum, fill) => sum + fill.yesCost, 0n);
  storeTrade(venue, trade);
  boundedPush(venue.tape, trade, MAX_TAPE);
  linkTrade(venue, taker, trade);
  return trade;
}

function linkTrade(venue: Venue, taker: Taker, trade: TradeRecord): void {
  taker.order?.tradeIds.push(trade.id);
  for (const maker of trade.makers) {
    const order = venue.orders.get(maker.orderId);
    if (order === undefined) continue;
    order.tradeIds.push(trade.id);
    notifyFill(venue, order, trade);
  }
}
