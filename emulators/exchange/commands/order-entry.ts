import * as z from 'zod';
import type { User } from '../auth/users.ts';
import { cancelOrder } from '../engine/cancel-order.ts';
import { isUsedClordId } from '../engine/engine.ts';
import { insertOrder, previewOrder } from '../engine/insert-order.ts';
import { replaceOrder } from '../engine/replace-order.ts';
import { orderView, type WireRecord } from '../engine/views.ts';
import { ExchangeError, invalid } from '../exchange-error.ts';
import { carryOut, nowMs, type Venue } from '../state.ts';
import { accountFor, ownerOf } from './caller.ts';
import { insertSchema, manualOrderIndicator, refuseUnplayed, termsOf, timeInForce } from './order-terms.ts';
import type { InsertRequest } from './order-terms.ts';
import { amount, clordId, flag, name, time } from './wire.ts';

/** OrderEntryAPI, its commands. Each runs to its end before anything else does. */
const MAX_LIST = 20;

const listOf = <T>(schema: z.ZodType<T>) => z.object({ requests: z.array(schema).max(MAX_LIST).default([]) });

export const cancelSchema = z.object({ order_id: name, symbol: name, clord_id: clordId.default('') });
export const replaceSchema = z.object({
  order_id: name,
  clord_id: clordId.default(''),
  symbol: name,
  price: amount,
  order_qty: amount,
  time_in_force: timeInForce,
  stop_price: amount,
  min_qty: amount,
  all_or_none: flag,
  participate_dont_initiate: flag,
  strict_limit: flag,
  good_till_time: time,
  best_limit: flag,
  immediately_executable_limit: flag,
  manual_order_indicator: manualOrderIndicator,
});
export const insertListSchema = listOf(insertSchema);
export const cancelListSchema = listOf(cancelSchema);
export const replaceListSchema = listOf(replaceSchema);
export const previewSchema = z.object({ request: insertSchema });

export function insertOne(venue: Venue, user: User, request: InsertRequest): WireRecord {
  return insertAll(venue, user, [request])[0] ?? {};
}

export function insertList(
  venue: Venue,
  user: User,
  { requests }: z.infer<typeof insertListSchema>,
): WireRecord {
  return { responses: insertAll(venue, user, requests) };
}

/** Everything is looked at before anything is inserted. */
function insertAll(venue: Venue, user: User, requests: readonly InsertRequest[]): readonly WireRecord[] {
  const parsed = requests.map((request) => termsOf(user, request));
  refuseUsed(
    venue,
    user,
    parsed.map(({ terms }) => terms.clordId),
  );
  return carryOut(venue, (effects) =>
    parsed.map(({ account, terms }) => ({
      order_id: insertOrder(venue.engine, ownerOf(user, account), terms, effects).id,
    })),
  );
}

/** @throws ALREADY_EXISTS: an id names one command of the firm, for good. */
function refuseUsed(venue: Venue, user: User, clordIds: readonly string[]): void {
  const named = clordIds.filter((id) => id !== '');
  const used = named.some((id) => isUsedClordId(venue.engine, user.firm, id));
  if (used || new Set(named).size < named.length)
    throw new ExchangeError('ALREADY_EXISTS', 'duplicate clord_id');
}

export function preview(venue: Venue, user: User, { request }: z.infer<typeof previewSchema>): WireRecord {
  const { account, terms } = termsOf(user, request);
  const { order, rejection } = previewOrder(venue.engine, ownerOf(user, account), terms, nowMs(venue));
  if (rejection !== undefined) throw invalid(rejection.text);
  return { preview_order: orderView(order, venue.engine.books.get(terms.symbol)?.instrument) };
}

export function cancelOne(venue: Venue, user: User, request: z.infer<typeof cancelSchema>): WireRecord {
  cancelList(venue, user, { requests: [request] });
  return {};
}

export function cancelList(
  venue: Venue,
  user: User,
  { requests }: z.infer<typeof cancelListSchema>,
): WireRecord {
  if (requests.some((request) => request.order_id === '')) throw invalid('order_id is required');
  const owner = ownerOf(user, accountFor(user, ''));
  carryOut(venue, (effects) => {
    for (const { order_id: orderId, symbol, clord_id } of requests)
      cancelOrder(venue.engine, owner, { orderId, symbol, clordId: clord_id }, effects);
  });
  return { responses: requests.map(() => ({})) };
}

export function replaceOne(venue: Venue, user: User, request: z.infer<typeof replaceSchema>): WireRecord {
  replaceList(venue, user, { requests: [request] });
  return {};
}

export function replaceList(
  venue: Venue,
  user: User,
  { requests }: z.infer<typeof replaceListSchema>,
): WireRecord {
  for (const request of requests) {
    if (request.order_id === '') throw invalid('order_id is required');
    refuseUnplayed(request);
    if (request.min_qty !== undefined || request.all_or_none)
      throw invalid('min_qty and all_or_none go with immediate orders only');
  }
  refuseUsed(
    venue,
    user,
    requests.map((request) => request.clord_id),
  );
  const owner = ownerOf(user, accountFor(user, ''));
  carryOut(venue, (effects) => {
    for (const request of requests) {
      const change = {
        orderId: request.order_id,
        symbol: request.symbol,
        clordId: request.clord_id,
        price: request.price,
        stopPrice: request.stop_price,
        orderQty: request.order_qty,
        timeInForce: request.time_in_force,
        goodTillMs: request.good_till_time,
        postOnly: request.participate_dont_initiate,
      };
      replaceOrder(venue.engine, owner, change, effects);
    }
  });
  return { responses: requests.map(() => ({})) };
}
