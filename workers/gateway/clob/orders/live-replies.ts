import type * as z from 'zod';
import {
  asMicro,
  formatFixed,
  formatMicro,
  mulDiv,
  parseMicro,
  SCALE,
  type Micro,
} from '../../../../shared/money/fixed.ts';
import type { OrderStatus, OrderType, Receipt, VenueOrder } from '../../../../shared/venues/port.ts';
import type { clobReply } from './clob-reply.ts';
import type { NativeReply } from './native-reply.ts';
import type { OrderReply } from './posted-reply.ts';
import { rests } from '../../../../shared/venues/port/order-rests.ts';

/** How the venue took an order; where it did not say, what the order itself tells. */
function receiptOf(order: VenueOrder): Receipt {
  if (order.receipt) return order.receipt;
  const { side, filled, price, status } = order;
  const cash = formatMicro(asMicro(mulDiv(filled, price, SCALE, 'floor')));
  const shares = formatMicro(filled);
  const none = filled === 0n;
  return {
    status: status === 'pending' ? 'delayed' : !none ? 'matched' : status === 'open' ? 'live' : 'unmatched',
    makingAmount: none ? '' : side === 'BUY' ? cash : shares,
    takingAmount: none ? '' : side === 'BUY' ? shares : cash,
    transactionHashes: [],
    tradeIds: [],
  };
}

/** In Polymarket's words, as `POST /order` answers. */
export function toPostedReply(order: VenueOrder): OrderReply {
  const { status, makingAmount, takingAmount, transactionHashes, tradeIds } = receiptOf(order);
  return {
    success: true,
    errorMsg: '',
    orderID: order.id,
    status,
    makingAmount,
    takingAmount,
    transactionsHashes: [...transactionHashes],
    tradeIDs: [...tradeIds],
  };
}

export function toClobReply(order: VenueOrder): z.infer<typeof clobReply> {
  const { status, makingAmount, takingAmount, transactionHashes } = receiptOf(order);
  return {
    success: true,
    orderID: order.id,
    // This shape has no word for an order that the venue holds back a moment: it is not matched yet.
    status: status === 'delayed' ? 'live' : status,
    transactID: transactionHashes[0] ?? '',
    errorMsg: '',
    price: formatMicro(order.price),
    size: formatMicro(order.size),
    side: order.side,
    takingAmount: takingAmount || '0',
    makingAmount: makingAmount || '0',
  };
}

const STATUS: Readonly<Record<OrderStatus, NativeReply['status']>> = {
  pending: 'PENDING',
  open: 'PENDING',
  partially_filled: 'PENDING',
  filled: 'FILLED',
  cancelled: 'CANCELLED',
  rejected: 'REJECTED',
};
const TIF: Readonly<Record<OrderType, string>> = { gtc: 'GTC', gtd: 'GTD', fok: 'FOK', ioc: 'FAK' };

/** What the venue does not tell is null: fees, the account's balance and its position. */
export function toNativeLive(
  order: VenueOrder,
  how: { readonly kind?: 'market' | 'limit'; readonly replayed?: boolean } = {},
): NativeReply {
  const { filled, type = 'gtc' } = order;
  const notional = notionalOf(order);
  const average = filled === 0n ? order.price : asMicro(mulDiv(notional, SCALE, filled, 'half-up'));
  return {
    order_id: order.id,
    status: STATUS[order.status],
    order_type: how.kind ?? (rests(type) ? 'limit' : 'market'),
    side: order.side,
    outcome: order.outcome,
    market_id: order.marketId,
    token_id: order.tokenId ?? '',
    time_in_force: TIF[type],
    price: formatFixed(average, 4),
    quantity: formatFixed(order.size, 4),
    filled_quantity: formatFixed(filled, 4),
    notional: formatFixed(notional, 2),
    fee: null,
    filled_at: filled === 0n ? null : new Date(order.updatedAt).toISOString(),
    created_at: new Date(order.createdAt).toISOString(),
    client_order_id: order.clientOrderId ?? null,
    account_balance: null,
    position: null,
    price_source: filled === 0n ? null : 'polymarket',
    slippage_bps: null,
    is_replay: how.replayed === true,
    warnings: order.status === 'cancelled' && filled < order.size ? ['The order was not filled whole'] : [],
  };
}

/** What was paid or got: the venue's own amount where it named one, else at the order's price. */
function notionalOf({ receipt, side, filled, price }: VenueOrder): Micro {
  const named = side === 'BUY' ? receipt?.makingAmount : receipt?.takingAmount;
  return parseMicro(named ?? '') ?? asMicro(mulDiv(filled, price, SCALE, 'half-up'));
}
