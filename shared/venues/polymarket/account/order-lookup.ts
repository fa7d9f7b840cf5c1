import * as z from 'zod';
import { failure } from '../../../errors/failure.ts';
import { unsupported } from '../../port/capabilities.ts';
import { endedStatus } from '../../trading/order-status.ts';
import type { OrderQuery, OrderTerms, Reconciled, SentOrder, VenueOrder, VenueResult } from '../../port.ts';
import type { PolymarketSigner } from '../../port/signer.ts';
import type { PolymarketApi } from '../api.ts';
import { ownTrades, takerFillsOf } from './own-trades.ts';
import { nothingTaken, toOrder, undoneOrder, wireOrderSchema } from './order-wire.ts';

const pageSchema = z.object({ data: z.array(wireOrderSchema), next_cursor: z.string() });

const LAST_CURSOR = 'LTE=';
const MAX_PAGES = 20;
/** Trades are searched from this long before an order was sent: clocks differ. */
const MARGIN_S = 120;

/** One order: in the book or out of it; where it never stood there, as its trades tell. */
export async function findOrder(
  api: PolymarketApi,
  id: string,
  signer: PolymarketSigner,
  known?: { readonly terms: OrderTerms; readonly sentAt: number },
): Promise<VenueResult<VenueOrder>> {
  if (!/^0x[0-9a-fA-F]{64}$/.test(id)) return failure('ORDER_NOT_FOUND');
  const found = await api.signed(
    signer,
    `/data/order/${id}`,
    new URLSearchParams(),
    wireOrderSchema.nullable(),
  );
  if (!found.ok) return found;
  // Only whoever asks for an order whose first reply was lost needs to know what it took at once.
  if (found.value && (!known || found.value.size_matched === 0n)) {
    const order = toOrder(found.value);
    return { ok: true, value: known ? { ...order, receipt: nothingTaken(order.status) } : order };
  }
  const after = known && Math.floor(known.sentAt / 1000) - MARGIN_S;
  // All trades of an order are of one moment: the page after the first that has some has the last of them.
  let sawSome = 0;
  const trades = await ownTrades(api, signer, { after }, (seen) => {
    const taken = seen.filter((trade) => trade.taker_order_id.toLowerCase() === id.toLowerCase()).length;
    const done = taken > 0 && taken === sawSome;
    sawSome = taken;
    return done;
  });
  if (!trades.ok) return trades;
  const taken = takerFillsOf(id, trades.value.trades);
  if (found.value) {
    const order = toOrder(found.value);
    return { ok: true, value: { ...order, receipt: taken?.receipt ?? nothingTaken('open') } };
  }
  if (!taken) {
    const undone = takerFillsOf(id, trades.value.failed);
    if (undone) return { ok: true, value: undoneOrder(id, undone, known?.terms) };
    return trades.value.complete
      ? failure('ORDER_NOT_FOUND')
      : failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
  }
  const { trade, filled, average, side } = taken;
  const at = trade.match_time * 1000;
  const price = known?.terms.price ?? average;
  const size = known?.terms.size ?? filled;
  return {
    ok: true,
    value: {
      id,
      marketId: trade.market,
      outcome: trade.outcome,
      tokenId: trade.asset_id,
      side,
      price,
      size,
      filled,
      status: endedStatus({ price, size, type: known?.terms.type ?? 'ioc' }, filled),
      type: known?.terms.type,
      createdAt: at,
      updatedAt: at,
      ...(known && { receipt: taken.receipt }),
    },
  };
}

/** See `TradingVenue.reconcile`: by the order's hash, among the orders and then among the trades. */
export async function reconcileOrder(
  api: PolymarketApi,
  { dedupe, terms, sentAt }: SentOrder,
  signer: PolymarketSigner,
): Promise<Reconciled> {
  const found = await findOrder(api, dedupe.value, signer, { terms, sentAt });
  if (found.ok) return { tag: 'found', order: found.value };
  return found.reason === 'ORDER_NOT_FOUND' ? { tag: 'absent' } : { tag: 'unknown' };
}

/** Orders in the book. The venue lists no others. */
export async function listOrders(
  api: PolymarketApi,
  { marketId, status, limit, startTs, endTs }: OrderQuery,
  signer: PolymarketSigner,
): Promise<VenueResult<readonly VenueOrder[]>> {
  if (status !== 'open') return unsupported('polymarket', `a list of ${status} orders`);
  const orders: VenueOrder[] = [];
  let cursor = 'MA==';
  for (let page = 0; page < MAX_PAGES && cursor !== LAST_CURSOR; page += 1) {
    const query = new URLSearchParams({ next_cursor: cursor });
    if (marketId !== undefined) query.set('market', marketId);
    const found = await api.signed(signer, '/data/orders', query, pageSchema);
    if (!found.ok) return found;
    const within = found.value.data.filter(
      ({ created_at: at }) => at >= (startTs ?? 0) && at <= (endTs ?? Number.POSITIVE_INFINITY),
    );
    orders.push(...within.map(toOrder));
    cursor = found.value.next_cursor;
  }
  return { ok: true, value: orders.toSorted((a, b) => b.createdAt - a.createdAt).slice(0, limit) };
}
