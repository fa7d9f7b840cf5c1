import type { ExecutionDetail } from './execution-detail.ts';
import type { Instrument } from './instrument.ts';
import type { ExecutionType, OrderRecord, Position } from './types.ts';

/** A message as v1beta1 writes it in JSON: int64 as text, times as RFC 3339, what has its zero value left out. */
export interface WireRecord {
  readonly [field: string]: WireValue;
}
export type WireValue = string | boolean | number | WireRecord | readonly WireValue[];

/** Enum members that are zero on the wire. Where one means nothing, its name ends in UNDEFINED. */
const ZERO_MEMBERS = new Set([
  'ORDER_STATE_NEW',
  'EXECUTION_TYPE_NEW',
  'ORD_REJECT_REASON_EXCHANGE_OPTION',
  'CXL_REJ_REASON_TOO_LATE_TO_CANCEL',
  'INSTRUMENT_STATE_CLOSED',
]);

/** Drops what proto3 does not write: zeros, false, empty text. */
export function prune(record: Readonly<Record<string, WireValue | undefined>>): WireRecord {
  const kept: Record<string, WireValue> = {};
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined || value === '' || value === '0' || value === false || value === 0) continue;
    if (typeof value === 'string' && (ZERO_MEMBERS.has(value) || value.endsWith('_UNDEFINED'))) continue;
    kept[key] = value;
  }
  return kept;
}

/** As protobuf's JSON has it: no fraction where there is none, so that streams and REST say the same. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

export function orderView(order: OrderRecord, instrument: Instrument | undefined): WireRecord {
  const { terms, limits } = order;
  return prune({
    id: order.id,
    type: terms.type,
    side: terms.side,
    order_qty: String(order.orderQty),
    symbol: terms.symbol,
    clord_id: order.clordId,
    time_in_force: limits.timeInForce,
    account: order.owner.account,
    cum_qty: String(order.cumQty),
    avg_px: order.cumQty === 0n ? '' : String(order.filledNotional / order.cumQty),
    leaves_qty: String(order.leavesQty),
    state: order.state,
    participant: order.owner.participant,
    price: limits.price === undefined ? '' : String(limits.price),
    insert_time: rfc3339(order.insertMs),
    stop_price: limits.stopPrice === undefined ? '' : String(limits.stopPrice),
    min_qty: String(limits.minQty),
    create_time: rfc3339(order.createMs),
    all_or_none: terms.allOrNone,
    participate_dont_initiate: limits.postOnly,
    cash_order_qty: terms.cashOrderQty === undefined ? '' : String(terms.cashOrderQty),
    good_till_time: limits.goodTillMs === undefined ? '' : rfc3339(limits.goodTillMs),
    last_trade_id: order.lastTradeId,
    self_match_prevention_id: terms.selfMatchId,
    self_match_prevention_instruction: terms.selfMatchInstruction,
    last_transact_time: rfc3339(order.lastMs),
    price_scale: instrument === undefined ? '' : String(instrument.priceScale),
    fractional_quantity_scale: instrument === undefined ? '' : String(instrument.quantityScale),
    ...terms.labels,
  });
}

export interface ExecutionFields {
  readonly id: string;
  readonly type: ExecutionType;
  readonly transactMs: number;
  readonly order: OrderRecord;
  readonly instrument: Instrument | undefined;
  readonly detail: ExecutionDetail;
}

export function executionView({
  id,
  type,
  transactMs,
  order,
  instrument,
  detail,
}: ExecutionFields): WireRecord {
  return prune({
    id,
    order: orderView(order, instrument),
    last_shares: String(detail.lastShares ?? 0n),
    last_px: String(detail.lastPx ?? 0n),
    type,
    text: detail.text,
    order_reject_reason: detail.rejectReason,
    transact_time: rfc3339(transactMs),
    trade_id: detail.tradeId,
    aggressor: detail.aggressor,
    unsolicited_cancel_reason: detail.unsolicited === true ? 'UNSOLICITED_CXL_REASON_EXCHANGE_OPTION' : '',
  });
}

export function positionView(account: string, symbol: string, position: Position): WireRecord {
  return prune({
    account,
    symbol,
    net_position: String(position.net),
    qty_bought: String(position.bought),
    qty_sold: String(position.sold),
    cost: String(position.cost),
    realized: String(position.realized),
    update_time: rfc3339(position.updateMs),
  });
}
