import type { Placed } from './place-order.ts';
import { formatMicro } from '../../lib/units.ts';
import { outcomeOf } from '../catalog/market.ts';
import type { Venue } from '../state.ts';
import type { OrderRecord, TradeRecord } from './records.ts';

/** `POST /order` as the clients read it: amounts are human decimals, empty while nothing matched. */
export function placedView({ order, status, trades }: Placed): Record<string, unknown> {
  const buy = order.side === 'BUY';
  const matched = order.matchedShares > 0n;
  const making = buy ? order.matchedUsd : order.matchedShares;
  const taking = buy ? order.matchedShares : order.matchedUsd;
  return {
    errorMsg: '',
    orderID: order.id,
    takingAmount: matched ? formatMicro(taking) : '',
    makingAmount: matched ? formatMicro(making) : '',
    status,
    transactionsHashes: trades.map((trade) => trade.transactionHash),
    tradeIDs: trades.map((trade) => trade.id),
    success: true,
  };
}

/** One entry of the `POST /orders` reply for an order that was refused. */
export function refusedView(error: string): Record<string, unknown> {
  return {
    errorMsg: error,
    orderID: '',
    takingAmount: '',
    makingAmount: '',
    status: '',
    success: false,
  };
}

export function openOrderView(venue: Venue, order: OrderRecord): Record<string, unknown> {
  const market = venue.byCondition.get(order.conditionId)?.market;
  return {
    id: order.id,
    status: order.status,
    owner: order.owner,
    maker_address: order.maker,
    market: order.conditionId,
    asset_id: order.tokenId,
    side: order.side,
    original_size: formatMicro(order.shares),
    size_matched: formatMicro(order.matchedShares),
    price: formatMicro(order.price),
    outcome: market === undefined ? '' : outcomeOf(market, order.tokenId),
    expiration: String(order.expiration),
    order_type: order.orderType,
    associate_trades: order.tradeIds,
    created_at: order.createdAt,
  };
}

/** A trade as one of its parties sees it. `viewers` are that party's lower-case wallets. */
export function tradeView(trade: TradeRecord, isTaker: boolean): Record<string, unknown> {
  const seconds = Math.floor(trade.matchedAtMs / 1000);
  return {
    id: trade.id,
    taker_order_id: trade.takerOrderId,
    market: trade.conditionId,
    asset_id: trade.tokenId,
    side: trade.side,
    size: formatMicro(trade.shares),
    fee_rate_bps: String(trade.feeRateBps),
    price: formatMicro(trade.price),
    status: trade.status,
    match_time: String(seconds),
    match_time_nano: `${trade.matchedAtMs}000000`,
    last_update: String(Math.floor(trade.updatedAtMs / 1000)),
    outcome: trade.outcome,
    bucket_index: 0,
    owner: trade.takerOwner,
    maker_address: trade.takerMaker,
    transaction_hash: trade.transactionHash,
    trader_side: isTaker ? 'TAKER' : 'MAKER',
    maker_orders: trade.makers.map((maker) => ({
      order_id: maker.orderId,
      owner: maker.owner,
      maker_address: maker.maker,
      matched_amount: formatMicro(maker.shares),
      price: formatMicro(maker.price),
      fee_rate_bps: '0',
      asset_id: maker.tokenId,
      outcome: maker.outcome,
      side: maker.side,
    })),
  };
}
