import { ONE, type Micro } from '../../lib/units.ts';
import { contracts, dollars, dollars6, isoTime } from '../wire.ts';
import type { FillRecord, OrderRecord } from './records.ts';

/** Shard of the exchange; the emulator has only the first. */
export const EXCHANGE_INDEX = 0;

/** Everything is quoted from the YES side: an ask sells YES, which is positioned for NO. */
export function directionOf(side: 'bid' | 'ask'): Record<string, string> {
  return {
    side: 'yes',
    action: side === 'bid' ? 'buy' : 'sell',
    outcome_side: side === 'bid' ? 'yes' : 'no',
    book_side: side,
  };
}

/** `CreateOrderV2Response`: averages only when something filled. */
export function createdView(order: OrderRecord): Record<string, unknown> {
  const { filled } = order;
  const yesCost = order.side === 'bid' ? order.takerCost : filled - order.takerCost;
  return {
    order_id: order.id,
    client_order_id: order.clientOrderId,
    fill_count: contracts(filled),
    remaining_count: contracts(order.remaining),
    ...(filled === 0n
      ? {}
      : {
          average_fill_price: dollars(perContract(yesCost, filled)),
          average_fee_paid: dollars(perContract(order.takerFees, filled)),
        }),
    ts_ms: order.createdAtMs,
  };
}

function perContract(amount: Micro, count: Micro): Micro {
  return (amount * ONE) / count;
}

/** `Order`. */
export function orderView(order: OrderRecord): Record<string, unknown> {
  return {
    order_id: order.id,
    user_id: order.userId,
    client_order_id: order.clientOrderId,
    ticker: order.ticker,
    ...directionOf(order.side),
    type: 'limit',
    status: order.status,
    yes_price_dollars: dollars(order.price),
    no_price_dollars: dollars(ONE - order.price),
    fill_count_fp: contracts(order.filled),
    remaining_count_fp: contracts(order.remaining),
    initial_count_fp: contracts(order.count),
    taker_fill_cost_dollars: dollars(order.takerCost),
    maker_fill_cost_dollars: dollars(order.makerCost),
    taker_fees_dollars: dollars(order.takerFees),
    maker_fees_dollars: dollars(order.makerFees),
    expiration_time: order.expirationTime === undefined ? null : isoTime(order.expirationTime * 1000),
    created_time: isoTime(order.createdAtMs),
    last_update_time: isoTime(order.updatedAtMs),
    self_trade_prevention_type: order.selfTrade,
    order_group_id: null,
    cancel_order_on_pause: order.cancelOnPause,
    subaccount_number: 0,
    exchange_index: EXCHANGE_INDEX,
  };
}

/** `Fill`. It does not carry the client order id, as on the venue. */
export function fillView(fill: FillRecord): Record<string, unknown> {
  return {
    fill_id: fill.id,
    trade_id: fill.id,
    exchange_index: EXCHANGE_INDEX,
    order_id: fill.orderId,
    ticker: fill.ticker,
    market_ticker: fill.ticker,
    ...directionOf(fill.side),
    count_fp: contracts(fill.count),
    yes_price_dollars: dollars(fill.price),
    no_price_dollars: dollars(ONE - fill.price),
    is_taker: fill.isTaker,
    created_time: isoTime(fill.createdAtMs),
    fee_cost: dollars6(fill.fee),
    subaccount_number: 0,
    ts: Math.floor(fill.createdAtMs / 1000),
  };
}
