import { randomUUID } from 'node:crypto';
import { boundedPush } from '../../lib/bounded-collections.ts';
import { removeEntry, type BookSide } from '../../lib/book/order-book.ts';
import { ONE, type Micro } from '../../lib/units.ts';
import type { MatchPlan, PlannedFill } from '../book/plan-match.ts';
import { feeOfFill, TAKER_RATE } from '../fees.ts';
import { accountOf, chargeFee, settleTrade, type Account } from '../ledger.ts';
import { nowMs, type MarketState, type Venue } from '../state.ts';
import { settleOpen } from './order-table.ts';
import type { FillRecord, OrderRecord } from './records.ts';
import { makerRateOf } from './reserve.ts';

const MAX_FILLS = 50_000;
const MAX_TRADES = 50_000;

/** The taker of a match: a user's order, or the market maker. */
export interface Taker {
  readonly order: OrderRecord | null;
  readonly side: BookSide;
}

/** Moves cash and contracts for a plan and takes the fills off the book. Each meeting of two orders is a trade. */
export function applyPlan(venue: Venue, state: MarketState, taker: Taker, plan: MatchPlan): void {
  for (const fill of plan.fills) applyFill(venue, state, taker, fill);
}

function applyFill(venue: Venue, state: MarketState, taker: Taker, fill: PlannedFill): void {
  const { entry, count } = fill;
  const { ticker } = state.market;
  const now = nowMs(venue);
  const maker = entry.maker === null ? null : (venue.orders.get(entry.id) ?? null);
  const takerAccount = accountFor(venue, taker.order);
  const makerAccount = accountFor(venue, maker);
  const [buyer, seller] = taker.side === 'bid' ? [takerAccount, makerAccount] : [makerAccount, takerAccount];
  settleTrade(venue.ledger, buyer, seller, { ticker, count, price: entry.price, nowMs: now });
  entry.remaining -= count;
  if (entry.remaining === 0n) removeEntry(state.book, entry.side, entry.id);
  const trade = {
    id: randomUUID(),
    ticker,
    count,
    price: entry.price,
    takerSide: taker.side,
    createdAtMs: now,
  };
  boundedPush(venue.trades, trade, MAX_TRADES);
  state.previousPrice = state.lastPrice;
  state.lastPrice = entry.price;
  state.volume += count;
  const met = { count, price: entry.price, now };
  if (taker.order !== null)
    recordFill(venue, takerAccount, taker.order, { ...met, rate: TAKER_RATE, isTaker: true });
  if (maker === null) return;
  recordFill(venue, makerAccount, maker, { ...met, rate: makerRateOf(state.market), isTaker: false });
  if (maker.remaining === 0n) settleOpen(venue, maker, 'executed');
}

function accountFor(venue: Venue, order: OrderRecord | null): Account {
  return order === null ? venue.ledger.house : accountOf(venue.ledger, order.userId);
}

interface Met {
  readonly count: Micro;
  /** YES price. */
  readonly price: Micro;
  readonly now: number;
  readonly rate: Micro;
  readonly isTaker: boolean;
}

function recordFill(venue: Venue, account: Account, order: OrderRecord, met: Met): void {
  const { fee, overpaid } = feeOfFill(met.rate, met.count, met.price, order.overpaid);
  chargeFee(venue.ledger, account, order.ticker, fee);
  const paid = order.side === 'bid' ? met.price : ONE - met.price;
  const cost = (paid * met.count) / ONE;
  order.overpaid = overpaid;
  order.filled += met.count;
  order.remaining -= met.count;
  order.updatedAtMs = met.now;
  if (met.isTaker) {
    order.takerCost += cost;
    order.takerFees += fee;
  } else {
    order.makerCost += cost;
    order.makerFees += fee;
  }
  const fill: FillRecord = {
    id: randomUUID(),
    orderId: order.id,
    userId: order.userId,
    ticker: order.ticker,
    side: order.side,
    count: met.count,
    price: met.price,
    isTaker: met.isTaker,
    fee,
    createdAtMs: met.now,
  };
  boundedPush(venue.fills, fill, MAX_FILLS);
}
