import * as z from 'zod';
import { feeAuthMembers } from '../../../../shared/escrow/authorization.ts';
import { invalidMember, RequestError } from '../../../../shared/errors/failure.ts';
import { parseMicro, SCALE, type Micro } from '../../../../shared/money/fixed.ts';
import type { OrderTerms, Position, VenueFill, VenueOrder } from '../../../../shared/venues/port.ts';

/** The venue's own id of a market: a condition id, a ticker. */
export const marketId = z.string().regex(/^[\w.:-]{1,128}$/, 'must be the id of a market');
/** Of an order, likewise. */
export const orderId = z.string().min(1).max(128);

const LAST_SECOND = 99_999_999_999;
/** Clients of this shape write every value of `params` as text: their SDK's type has no other. */
const seconds = z.union([
  z.number().int().positive().max(LAST_SECOND),
  z
    .string()
    .regex(/^[1-9]\d{0,10}$/, 'must be Unix seconds')
    .transform(Number),
]);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);

/** `POST /orders` (contract: router, "Routes"). Closed, as `params` is: no member is dropped silently. */
export const orderBody = z.strictObject({
  market_id: marketId,
  outcome: z.string().min(1).max(200),
  side: z.enum(['buy', 'sell']),
  price: z.number(),
  size: z.number(),
  params: z
    .strictObject({
      order_type: z.enum(['gtc', 'ioc', 'fok', 'gtd']).optional(),
      expiration: seconds
        .describe(
          'Unix seconds, with order_type gtd. On polymarket at least 180 s ahead: it ends an order one minute before this.',
        )
        .optional(),
      client_order_id: z.string().min(1).max(256).optional(),
      post_only: flag.optional(),
    })
    .optional(),
  ...feeAuthMembers,
});
export type OrderBody = z.infer<typeof orderBody>;

/** The terms of a body. Throws VALIDATION_FAILED for numbers that are no price or size. */
export function toTerms({ market_id, outcome, side, price, size, params = {} }: OrderBody): OrderTerms {
  const { order_type: type = 'gtc', expiration, client_order_id, post_only } = params;
  const priced = amount('price', price);
  if (priced >= SCALE) throw new RequestError(invalidMember('price', 'must lie between 0 and 1'));
  return {
    marketId: market_id,
    outcome,
    side: side === 'buy' ? 'BUY' : 'SELL',
    price: priced,
    size: amount('size', size),
    type,
    postOnly: post_only === true,
    ...(expiration !== undefined && { expiration }),
    ...(client_order_id !== undefined && { clientOrderId: client_order_id }),
  };
}

/** A JSON number as it was written: its shortest decimal is the one that the caller meant. */
function amount(member: string, value: number): Micro {
  const micro = parseMicro(String(value));
  if (micro !== undefined && micro > 0n) return micro;
  throw new RequestError(invalidMember(member, 'must be positive with at most 6 decimals'));
}

/**
 * Amounts are JSON numbers on this surface. On its way out only: the quotient of two exact doubles is the double that
 * the decimal would be read as (up to 2^53 millionths).
 */
export const number = (value: Micro): number => Number(value) / Number(SCALE);
const time = (at: number): string => new Date(at).toISOString();

export const orderView = z.object({
  id: z.string(),
  market_id: z.string(),
  outcome: z.string(),
  side: z.enum(['buy', 'sell']),
  price: z.number(),
  size: z.number(),
  filled: z.number(),
  status: z.enum(['pending', 'open', 'filled', 'partially_filled', 'cancelled', 'rejected']),
  created_at: z.string(),
  updated_at: z.string(),
});
export type OrderView = z.infer<typeof orderView>;

export const toOrderView = (order: Omit<VenueOrder, 'clientOrderId' | 'tokenId'>): OrderView => ({
  id: order.id,
  market_id: order.marketId,
  outcome: order.outcome,
  side: sideOf(order),
  price: number(order.price),
  size: number(order.size),
  filled: number(order.filled),
  status: order.status,
  created_at: time(order.createdAt),
  updated_at: time(order.updatedAt),
});

export const positionView = z.object({
  market_id: z.string(),
  outcome: z.string(),
  size: z.number(),
  average_price: z.number(),
  current_price: z.number().nullable(),
});

export const toPositionView = (row: Position): z.infer<typeof positionView> => ({
  market_id: row.marketId,
  outcome: row.outcome,
  size: number(row.size),
  average_price: number(row.averagePrice),
  current_price: row.currentPrice === undefined ? null : number(row.currentPrice),
});

export const fillView = z.object({
  fill_id: z.string(),
  order_id: z.string(),
  market_id: z.string(),
  outcome: z.string(),
  side: z.enum(['buy', 'sell']),
  price: z.number(),
  size: z.number(),
  is_taker: z.boolean(),
  fee: z.number(),
  created_at: z.string(),
});

export const toFillView = (fill: VenueFill): z.infer<typeof fillView> => ({
  fill_id: fill.id,
  order_id: fill.orderId,
  market_id: fill.marketId,
  outcome: fill.outcome,
  side: sideOf(fill),
  price: number(fill.price),
  size: number(fill.size),
  is_taker: fill.isTaker,
  fee: number(fill.fee),
  created_at: time(fill.at),
});

const sideOf = ({ side }: { readonly side: 'BUY' | 'SELL' }): 'buy' | 'sell' =>
  side === 'BUY' ? 'buy' : 'sell';
