import * as z from 'zod';
import { failure } from '../../errors/failure.ts';
import { decimal } from '../money/venue-decimal.ts';
import { restingStatus } from '../trading/order-status.ts';
import type {
  FillQuery,
  OrderQuery,
  Reconciled,
  SentOrder,
  VenueFill,
  VenueOrder,
  VenueResult,
} from '../port.ts';
import type { KalshiSigner } from '../port/signer.ts';
import type { KalshiApi } from './api.ts';
import { isOrderId } from './prepare-order.ts';
import { viewOfBookOrder, fromBook, outcomeNamed, type KalshiOutcome } from './outcome-view.ts';

const bookSide = z.enum(['bid', 'ask']);
const time = z.string().transform((text) => Date.parse(text));
const orderSchema = z.object({
  order_id: z.string(),
  client_order_id: z.string().optional(),
  ticker: z.string(),
  book_side: bookSide,
  status: z.string(),
  yes_price_dollars: decimal,
  fill_count_fp: decimal,
  initial_count_fp: decimal,
  created_time: time,
  last_update_time: time.nullish(),
});
const fillSchema = z.object({
  fill_id: z.string(),
  order_id: z.string(),
  ticker: z.string(),
  book_side: bookSide,
  count_fp: decimal,
  yes_price_dollars: decimal,
  is_taker: z.boolean(),
  created_time: time,
  fee_cost: decimal,
});
const cursor = z.string().nullish();
const ordersSchema = z.object({ orders: z.array(orderSchema), cursor });
const fillsSchema = z.object({ fills: z.array(fillSchema), cursor });
type WireOrder = z.infer<typeof orderSchema>;

/** The venue's largest page, and how many one read walks at most. */
const PAGE = 1_000;
const MAX_PAGES = 10;
/** Orders are searched from this long before one was sent: clocks differ. */
const MARGIN_S = 120;

export async function findOrder(
  api: KalshiApi,
  id: string,
  signer: KalshiSigner,
): Promise<VenueResult<VenueOrder>> {
  if (!isOrderId(id)) return failure('ORDER_NOT_FOUND');
  const schema = z.object({ order: orderSchema });
  const found = await api.signed(signer, `/portfolio/orders/${id}`, new URLSearchParams(), schema);
  return found.ok ? { ok: true, value: toOrder(found.value.order) } : found;
}

/** See `TradingVenue.reconcile`: by the client order id, among the market's orders since it was sent. */
export async function reconcileOrder(
  api: KalshiApi,
  { dedupe, terms, sentAt }: SentOrder,
  signer: KalshiSigner,
): Promise<Reconciled> {
  const query = new URLSearchParams({
    ticker: terms.marketId,
    min_ts: String(Math.floor(sentAt / 1000) - MARGIN_S),
  });
  let match: WireOrder | undefined;
  const walked = await walk(api, signer, query, (orders) => {
    match ??= orders.find((order) => order.client_order_id === dedupe.value);
    return match !== undefined;
  });
  if (!walked.ok) return { tag: 'unknown' };
  if (match) return { tag: 'found', order: toOrder(match, outcomeNamed(terms.outcome)) };
  return walked.value ? { tag: 'absent' } : { tag: 'unknown' };
}

/** Newest first. */
export async function listOrders(
  api: KalshiApi,
  { marketId, status, limit, startTs, endTs }: OrderQuery,
  signer: KalshiSigner,
): Promise<VenueResult<readonly VenueOrder[]>> {
  const query = new URLSearchParams();
  if (marketId !== undefined) query.set('ticker', marketId);
  if (status === 'open') query.set('status', 'resting');
  if (startTs !== undefined) query.set('min_ts', String(startTs));
  if (endTs !== undefined) query.set('max_ts', String(endTs));
  const kept: VenueOrder[] = [];
  const walked = await walk(api, signer, query, (orders) => {
    const wanted = orders.filter((order) => status !== 'closed' || order.status !== 'resting');
    kept.push(...wanted.map((order) => toOrder(order)));
    return kept.length >= limit;
  });
  return walked.ok ? { ok: true, value: kept.slice(0, limit) } : walked;
}

/** Pages of orders until `done`. The value is whether all of them, or enough, were seen. */
async function walk(
  api: KalshiApi,
  signer: KalshiSigner,
  query: URLSearchParams,
  done: (orders: readonly WireOrder[]) => boolean,
): Promise<VenueResult<boolean>> {
  query.set('limit', String(PAGE));
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const found = await api.signed(signer, '/portfolio/orders', query, ordersSchema);
    if (!found.ok) return found;
    if (done(found.value.orders)) return { ok: true, value: true };
    const next = found.value.cursor ?? '';
    if (next === '') return { ok: true, value: true };
    query.set('cursor', next);
  }
  return { ok: true, value: false };
}

/** Newest first. They do not carry the client order id: the journal knows them by the order's. */
export async function fills(
  api: KalshiApi,
  { marketId, limit }: FillQuery,
  signer: KalshiSigner,
): Promise<VenueResult<readonly VenueFill[]>> {
  const query = new URLSearchParams({ limit: String(Math.min(limit, PAGE)) });
  if (marketId !== undefined) query.set('ticker', marketId);
  const found = await api.signed(signer, '/portfolio/fills', query, fillsSchema);
  if (!found.ok) return found;
  return {
    ok: true,
    value: found.value.fills.map((fill) => ({
      id: fill.fill_id,
      orderId: fill.order_id,
      marketId: fill.ticker,
      ...viewOfBookOrder({ side: fill.book_side, price: fill.yes_price_dollars }),
      size: fill.count_fp,
      isTaker: fill.is_taker,
      fee: fill.fee_cost,
      at: fill.created_time,
    })),
  };
}

/** In the view of `outcome` where it is known, else in the venue's own. */
function toOrder(wire: WireOrder, outcome?: KalshiOutcome): VenueOrder {
  const inBook = { side: wire.book_side, price: wire.yes_price_dollars };
  return {
    id: wire.order_id,
    clientOrderId: wire.client_order_id,
    marketId: wire.ticker,
    ...(outcome ? fromBook(inBook, outcome) : viewOfBookOrder(inBook)),
    size: wire.initial_count_fp,
    filled: wire.fill_count_fp,
    status: statusOf(wire),
    createdAt: wire.created_time,
    updatedAt: wire.last_update_time ?? wire.created_time,
  };
}

function statusOf({
  status,
  initial_count_fp: size,
  fill_count_fp: filled,
}: WireOrder): VenueOrder['status'] {
  if (status === 'resting') return restingStatus(size, filled);
  if (status === 'executed' || filled >= size) return 'filled';
  return status === 'pending' ? 'pending' : 'cancelled';
}
