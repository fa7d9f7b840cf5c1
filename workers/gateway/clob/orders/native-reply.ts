import * as z from 'zod';
import { errorCatalogue } from '../../../../shared/errors/catalogue.ts';
import type { Failure } from '../../../../shared/errors/failure.ts';
import { asMicro, formatFixed, mulDiv, SCALE, type Micro } from '../../../../shared/money/fixed.ts';
import type {
  Order,
  Position,
  Trade,
  Executed,
  PlaceOutcome,
} from '../../../../durable-objects/trading-account/api.ts';

const positionView = z.object({
  market_id: z.string(),
  outcome: z.string(),
  quantity: z.string(),
  avg_entry_price: z.string(),
  status: z.enum(['OPEN', 'CLOSED']),
});

/** An order in the native shape (contract: clob, "Orders"). */
export const nativeReply = z.object({
  /** The order's hash on a live venue. */
  order_id: z.union([z.number(), z.string()]),
  status: z.enum(['PENDING', 'FILLED', 'CANCELLED', 'EXPIRED', 'REJECTED']),
  order_type: z.enum(['market', 'limit']),
  side: z.enum(['BUY', 'SELL']),
  outcome: z.string(),
  market_id: z.string(),
  token_id: z.string(),
  time_in_force: z.string(),
  price: z.string(),
  quantity: z.string(),
  filled_quantity: z.string(),
  notional: z.string(),
  /** Null where the venue does not say. */
  fee: z.string().nullable(),
  filled_at: z.string().nullable(),
  created_at: z.string(),
  client_order_id: z.string().nullable(),
  account_balance: z.string().nullable(),
  position: positionView.nullable(),
  price_source: z.string().nullable(),
  slippage_bps: z.number().nullable(),
  is_replay: z.boolean(),
  warnings: z.array(z.string()),
});
export type NativeReply = z.infer<typeof nativeReply>;

const statusNames = {
  open: 'PENDING',
  filled: 'FILLED',
  cancelled: 'CANCELLED',
  expired: 'EXPIRED',
} as const;

/** An order as it stands, with what its trades add up to. */
export function toNativeOrder(order: Order, executed: Executed): NativeReply {
  const average = order.filled === 0n ? order.price : quotient(executed.notional, order.filled);
  return {
    order_id: order.id,
    status: statusNames[order.status],
    order_type: order.kind,
    side: order.side,
    outcome: order.outcome,
    market_id: order.market,
    token_id: order.token,
    time_in_force: order.tif,
    price: formatFixed(average, 4),
    quantity: formatFixed(order.size, 4),
    filled_quantity: formatFixed(order.filled, 4),
    notional: formatFixed(executed.notional, 2),
    fee: formatFixed(executed.fee, 2),
    filled_at: executed.lastAt === null ? null : new Date(executed.lastAt).toISOString(),
    created_at: new Date(order.createdAt).toISOString(),
    client_order_id: order.clientOrderId,
    account_balance: null,
    position: null,
    price_source: null,
    slippage_bps: null,
    is_replay: false,
    warnings: [],
  };
}

/** The reply to placing an order. */
export function toPlacedReply(outcome: Extract<PlaceOutcome, { ok: true }>, replayed: boolean): NativeReply {
  const { order, trade, best, cash, position } = outcome;
  return {
    ...toNativeOrder(order, executedBy(trade)),
    account_balance: formatFixed(cash, 2),
    position: position ? toPositionView(position) : null,
    price_source: trade ? 'polymarket_book' : null,
    slippage_bps: trade && best !== undefined ? slippage(trade, best) : null,
    is_replay: replayed || outcome.replayed === true,
    warnings:
      order.status === 'cancelled' && order.filled < order.size ? ['The order was not filled whole'] : [],
  };
}

/** A failed entry of a batch (contract: clob, `POST /v1/orders/batch`). */
export const toRejectedEntry = (failed: Failure): Readonly<Record<string, unknown>> => ({
  order_id: 0,
  status: 'REJECTED',
  error: failed.reason,
  error_message: failed.message ?? errorCatalogue[failed.reason].sentence,
});

const executedBy = (trade: Trade | undefined): Executed =>
  trade
    ? { notional: trade.notional, fee: trade.fee, lastAt: trade.at }
    : { notional: asMicro(0n), fee: asMicro(0n), lastAt: null };

const toPositionView = (position: Position): z.infer<typeof positionView> => ({
  market_id: position.market,
  outcome: position.outcome,
  quantity: formatFixed(position.shares, 4),
  avg_entry_price:
    position.shares === 0n ? '0.0000' : formatFixed(quotient(position.cost, position.shares), 4),
  status: position.shares === 0n ? 'CLOSED' : 'OPEN',
});

/** How far the average price lies from the best one, in basis points of the best; never negative. */
function slippage(trade: Trade, best: Micro): number {
  const average = quotient(trade.notional, trade.shares);
  const distance = average > best ? average - best : best - average;
  return Number(mulDiv(distance, 10_000n, best, 'half-up'));
}

const quotient = (notional: Micro, shares: Micro): Micro =>
  asMicro(mulDiv(notional, SCALE, shares, 'half-up'));
