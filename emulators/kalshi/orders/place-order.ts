import { randomUUID } from 'node:crypto';
import { boundedSet } from '../../lib/bounded-collections.ts';
import { insertEntry } from '../../lib/book/order-book.ts';
import { ONE, type Micro } from '../../lib/units.ts';
import { planMatch, type MatchPlan } from '../book/plan-match.ts';
import { allowsFractions, type Market } from '../catalog/market.ts';
import { nextSeq, nowMs, type MarketState, type Venue } from '../state.ts';
import { invalidOrder, killed, marketClosed, notFound, orderExists, tradingPaused } from '../venue-error.ts';
import { checkFunds } from './check-funds.ts';
import { applyPlan } from './execute.ts';
import { addOpen, refuseTooMany, withdraw } from './order-table.ts';
import type { OrderRecord, OrderTerms } from './records.ts';

/** More contracts than any test needs, few enough that no sum leaves the range of a wire number. */
const MAX_COUNT: Micro = 10_000_000n * ONE;

const MAX_CLIENT_IDS = 100_000;

/** One order, all or nothing: a refusal throws before anything but the client order id has changed. */
export function placeOrder(venue: Venue, userId: string, terms: OrderTerms): OrderRecord {
  const state = venue.byTicker.get(terms.ticker);
  if (state === undefined) throw notFound();
  const clientKey = `${userId} ${terms.clientOrderId}`;
  if (venue.usedClientIds.has(clientKey)) throw orderExists();
  if (!venue.tradingActive) throw tradingPaused();
  if (state.status !== 'active') throw marketClosed();
  checkTerms(venue, state.market, terms);
  refuseTooMany(venue, userId);
  const plan = planMatch(state.book, {
    side: terms.side,
    limit: terms.price,
    count: terms.count,
    owner: userId,
    selfTrade: terms.selfTrade,
  });
  if (terms.postOnly && crosses(plan)) throw invalidOrder('post only cross');
  checkFunds(venue, state, userId, terms, plan);
  boundedSet(venue.usedClientIds, clientKey, true, MAX_CLIENT_IDS);
  // A killed order leaves nothing behind but its client order id, which stays used.
  if (terms.timeInForce === 'fill_or_kill' && plan.filled !== terms.count) throw killed();
  return execute(venue, state, userId, terms, plan);
}

function crosses(plan: MatchPlan): boolean {
  return plan.fills.length > 0 || plan.stopped || plan.selfCanceled.length > 0;
}

function checkTerms(venue: Venue, market: Market, terms: OrderTerms): void {
  const { price, count, timeInForce, expirationTime } = terms;
  if (price >= ONE || price % market.tick !== 0n) throw invalidOrder('invalid price');
  if (count > MAX_COUNT) throw invalidOrder('invalid count');
  if (count % ONE !== 0n && !allowsFractions(market)) throw invalidOrder('invalid count');
  const rests = timeInForce === 'good_till_canceled';
  if (terms.postOnly && !rests) throw invalidOrder('post only orders must rest');
  if (expirationTime === undefined) return;
  if (!rests) throw invalidOrder('expiration time needs good_till_canceled');
  if (expirationTime * 1000 <= nowMs(venue)) throw invalidOrder('expiration time is in the past');
}

function execute(
  venue: Venue,
  state: MarketState,
  userId: string,
  terms: OrderTerms,
  plan: MatchPlan,
): OrderRecord {
  const order = newOrder(venue, userId, terms);
  venue.orders.set(order.id, order);
  for (const { id } of plan.selfCanceled) {
    const own = venue.orders.get(id);
    if (own !== undefined) withdraw(venue, own);
  }
  applyPlan(venue, state, { order, side: order.side }, plan);
  if (order.remaining === 0n) {
    order.status = 'executed';
  } else if (terms.timeInForce === 'good_till_canceled' && !plan.stopped) {
    rest(venue, state, order);
  } else {
    order.remaining = 0n;
    order.status = 'canceled';
  }
  return order;
}

function newOrder(venue: Venue, userId: string, terms: OrderTerms): OrderRecord {
  const now = nowMs(venue);
  return {
    ...terms,
    id: randomUUID(),
    userId,
    createdAtMs: now,
    updatedAtMs: now,
    remaining: terms.count,
    filled: 0n,
    takerCost: 0n,
    makerCost: 0n,
    takerFees: 0n,
    makerFees: 0n,
    overpaid: 0n,
    status: 'resting',
  };
}

function rest(venue: Venue, state: MarketState, order: OrderRecord): void {
  addOpen(venue, order);
  insertEntry(state.book, {
    id: order.id,
    side: order.side,
    price: order.price,
    seq: nextSeq(venue),
    maker: order.userId,
    remaining: order.remaining,
  });
}
