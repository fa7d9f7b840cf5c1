import * as z from 'zod';
import { asMicro, formatMicro, mulDiv, SCALE, ZERO, type Micro } from '../../../money/fixed.ts';
import { decimal } from '../../money/venue-decimal.ts';
import type { Receipt, VenueResult, Side } from '../../port.ts';
import type { PolymarketSigner } from '../../port/signer.ts';
import type { PolymarketApi } from '../api.ts';
import { settlementOf } from './status-words.ts';

const side = z.enum(['BUY', 'SELL']);
const tradeSchema = z.object({
  id: z.string(),
  taker_order_id: z.string(),
  market: z.string(),
  asset_id: z.string(),
  side,
  size: decimal,
  price: decimal,
  status: z.string(),
  /** Unix seconds. */
  match_time: z.coerce.number(),
  outcome: z.string(),
  transaction_hash: z.string().max(100).optional(),
  trader_side: z.enum(['TAKER', 'MAKER']),
  maker_orders: z.array(
    z.object({
      order_id: z.string(),
      maker_address: z.string(),
      matched_amount: decimal,
      price: decimal,
      outcome: z.string(),
      side: side.optional(),
    }),
  ),
});
const pageSchema = z.object({ data: z.array(tradeSchema), next_cursor: z.string() });
export type OwnTrade = z.infer<typeof tradeSchema>;

const FIRST_CURSOR = 'MA==';
const LAST_CURSOR = 'LTE=';
/** Pages of 100 or more that one read walks at most. */
const MAX_PAGES = 10;

export interface TradeFilter {
  readonly market?: string | undefined;
  /** Unix seconds. */
  readonly after?: number | undefined;
}

export interface OwnTrades {
  /** Newest first, without those that failed on the chain: the venue undoes them. */
  readonly trades: readonly OwnTrade[];
  /** Those that failed. */
  readonly failed: readonly OwnTrade[];
  /** Whether the last page was reached. */
  readonly complete: boolean;
}

/** The account's trades, newest first, until `enough` of those that hold have been seen. */
export async function ownTrades(
  api: PolymarketApi,
  signer: PolymarketSigner,
  { market, after }: TradeFilter,
  enough: (seen: readonly OwnTrade[]) => boolean,
): Promise<VenueResult<OwnTrades>> {
  const seen: OwnTrade[] = [];
  const failed: OwnTrade[] = [];
  let cursor = FIRST_CURSOR;
  for (let page = 0; page < MAX_PAGES && cursor !== LAST_CURSOR; page += 1) {
    const query = new URLSearchParams({ next_cursor: cursor });
    if (market !== undefined) query.set('market', market);
    if (after !== undefined) query.set('after', String(after));
    const found = await api.signed(signer, '/data/trades', query, pageSchema);
    if (!found.ok) return found;
    for (const trade of found.value.data)
      (settlementOf(trade.status) === 'failed' ? failed : seen).push(trade);
    cursor = found.value.next_cursor;
    if (enough(seen)) break;
  }
  return { ok: true, value: { trades: seen, failed, complete: cursor === LAST_CURSOR } };
}

/** What an order took from the book, from the trades in which it was the taker. */
export interface TakerFills {
  readonly trade: OwnTrade;
  readonly filled: Micro;
  readonly average: Micro;
  readonly side: Side;
  /** What the venue said when it took the order, or would have. */
  readonly receipt: Receipt;
}

export function takerFillsOf(orderId: string, trades: readonly OwnTrade[]): TakerFills | undefined {
  const own = trades.filter((trade) => trade.taker_order_id.toLowerCase() === orderId.toLowerCase());
  const [trade] = own;
  if (!trade) return undefined;
  let filled = 0n;
  let cost = 0n;
  for (const { size, price } of own) {
    filled += size;
    cost += size * price;
  }
  const average = filled > 0n ? asMicro(mulDiv(cost, 1n, filled, 'half-up')) : ZERO;
  const [cash, shares] = [formatMicro(asMicro(cost / SCALE)), formatMicro(asMicro(filled))];
  const buy = trade.side === 'BUY';
  const receipt: Receipt = {
    status: 'matched',
    makingAmount: buy ? cash : shares,
    takingAmount: buy ? shares : cash,
    transactionHashes: own.flatMap(({ transaction_hash: hash }) => (hash === undefined ? [] : [hash])),
    tradeIds: own.map(({ id }) => id),
  };
  return { trade, filled: asMicro(filled), average, side: trade.side, receipt };
}
