import * as z from 'zod';
import { builderOf } from '../auth/builder-keys.ts';
import type { ApiKeyRecord } from '../auth/api-keys.ts';
import { json, jsonBody, l2Route, type Route, type RouteRequest } from '../http/route.ts';
import { cancelByIds, cancelMatching } from '../orders/cancel-order.ts';
import { parseOrderRequest, type OrderRequest } from '../orders/parse-order.ts';
import { placeOrder } from '../orders/place-order.ts';
import { placedView, refusedView } from '../orders/views.ts';
import type { Venue } from '../state.ts';
import { badRequest, invalidOrderPayload, VenueError } from '../venue-error.ts';

/** Orders per `POST /orders`, and ids per `DELETE /orders`. */
const MAX_PLACE = 15;
const MAX_CANCEL = 3000;

const cancelOneSchema = z.object({ orderID: z.string().min(1).max(100) });
const cancelManySchema = z.array(z.string().min(1).max(100));
const cancelMarketSchema = z.object({ market: z.string().optional(), asset_id: z.string().optional() });

export const tradingRoutes: readonly Route[] = [
  l2Route('POST', '/order', (venue, request, caller) => {
    const builder = builderOf(venue, request)?.key;
    const order = parseOrderRequest(orderBody(request), venue.version);
    return json(placedView(placeOrder(venue, order, caller, builder)));
  }),
  l2Route('POST', '/orders', (venue, request, caller) => {
    const builder = builderOf(venue, request)?.key;
    const orders = parseBatch(venue, orderBody(request));
    return json(orders.map((order) => placeOrReport(venue, order, caller, builder)));
  }),
  l2Route('DELETE', '/order', (venue, request, caller) => {
    const parsed = cancelOneSchema.safeParse(orderBody(request));
    if (!parsed.success) throw badRequest('Invalid orderID');
    return json(cancelByIds(venue, caller.address, [parsed.data.orderID]));
  }),
  l2Route('DELETE', '/orders', (venue, request, caller) => {
    const parsed = cancelManySchema.safeParse(orderBody(request));
    if (!parsed.success) throw badRequest('Invalid orderID');
    refuseTooMany(parsed.data.length, MAX_CANCEL);
    return json(cancelByIds(venue, caller.address, parsed.data));
  }),
  l2Route('DELETE', '/cancel-all', (venue, _request, caller) =>
    json(cancelMatching(venue, caller.address, {})),
  ),
  l2Route('DELETE', '/cancel-market-orders', (venue, request, caller) => {
    const parsed = cancelMarketSchema.safeParse(orderBody(request));
    if (!parsed.success) throw invalidOrderPayload();
    const { market, asset_id: assetId } = parsed.data;
    if (market === undefined && assetId === undefined) throw invalidOrderPayload();
    return json(cancelMatching(venue, caller.address, { market, assetId }));
  }),
];

function orderBody(request: RouteRequest): unknown {
  try {
    return jsonBody(request);
  } catch {
    throw invalidOrderPayload();
  }
}

/** A batch that cannot be read at all is refused whole; one bad order is only its own problem. */
function parseBatch(venue: Venue, body: unknown): readonly OrderRequest[] {
  if (!Array.isArray(body) || body.length === 0) throw invalidOrderPayload();
  refuseTooMany(body.length, MAX_PLACE);
  return body.map((item: unknown) => parseOrderRequest(item, venue.version));
}

function placeOrReport(
  venue: Venue,
  order: OrderRequest,
  caller: ApiKeyRecord,
  builder: string | undefined,
): Record<string, unknown> {
  try {
    return placedView(placeOrder(venue, order, caller, builder));
  } catch (error) {
    if (error instanceof VenueError) return refusedView(error.message);
    throw error;
  }
}

function refuseTooMany(count: number, max: number): void {
  if (count > max) throw badRequest(`Too many orders in payload: ${count}, max allowed: ${max}`);
}
