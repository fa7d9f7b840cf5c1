import type { ApiKeyRecord } from '../auth/api-keys.ts';
import { bookSideOf } from '../book/mirror.ts';
import { insertEntry } from '../../lib/book/order-book.ts';
import { planMatch, type Incoming, type MatchPlan } from '../book/plan-match.ts';
import { isYes } from '../catalog/market.ts';
import { nextSeq, nowMs, nowSeconds, tradableByToken, type MarketState, type Venue } from '../state.ts';
import { ONE, type Micro } from '../../lib/units.ts';
import { badRequest, invalidOrder } from '../venue-error.ts';
import { checkOrder, type OrderTerms } from './check-order.ts';
import { checkFunds, refuseUnfilled } from './check-plan.ts';
import { applyPlan } from './execute.ts';
import { addOpen, settleOpen, storeOrder, withdraw } from './order-table.ts';
import type { OrderRequest } from './parse-order.ts';
import type { OrderRecord, TradeRecord } from './records.ts';
import { orderDigest, orderDomain } from './typed-data.ts';
import { verifyOrderSignature } from './verify-signature.ts';

export interface Placed {
  readonly order: OrderRecord;
  readonly status: 'live' | 'matched' | 'delayed' | 'unmatched';
  readonly trades: readonly TradeRecord[];
}

/** One order, all or nothing: a refusal throws before anything has changed. */
export function placeOrder(
  venue: Venue,
  request: OrderRequest,
  caller: ApiKeyRecord,
  builderKey: string | undefined,
): Placed {
  const { order } = request;
  if (request.owner !== caller.apiKey) {
    throw badRequest('the order owner has to be the owner of the API KEY');
  }
  const state = tradableByToken(venue, order.tokenId);
  if (state === undefined) throw badRequest(`the orderbook ${order.tokenId} does not exist`);
  const domain = orderDomain(order.version, state.market.negRisk);
  const id = orderDigest(order, domain);
  verifyOrderSignature(venue, { order, domain, digest: id, keyAddress: caller.address });
  return placeVerified(venue, state, request, { id, caller, builderKey });
}

export interface VerifiedOrder {
  /** The order's digest. */
  readonly id: string;
  readonly caller: ApiKeyRecord;
  readonly builderKey: string | undefined;
}

/** What follows once the signature is known to be good. */
export function placeVerified(
  venue: Venue,
  state: MarketState,
  request: OrderRequest,
  verified: VerifiedOrder,
): Placed {
  const { id } = verified;
  if (venue.orders.has(id)) throw invalidOrder(id, 'Duplicated.');
  const terms = checkOrder(venue, state.market, request, id);
  const record = newRecord(venue, state, request, { ...verified, terms });
  const plan = planMatch(state.book, incomingOf(record, terms.limit, terms.quantity));
  if (request.postOnly && plan.fills.length > 0) {
    throw badRequest('invalid post-only order: order crosses book');
  }
  checkFunds(venue, state, record, plan);
  if (shouldDelay(state, request, plan)) return delayOrder(venue, record);
  refuseUnfilled(record, plan);
  storeOrder(venue, record);
  return executeOrder(venue, state, record, plan);
}

interface NewRecord extends VerifiedOrder {
  readonly terms: OrderTerms;
}

function newRecord(
  venue: Venue,
  state: MarketState,
  request: OrderRequest,
  { id, terms, caller, builderKey }: NewRecord,
): OrderRecord {
  const { order } = request;
  return {
    id,
    owner: caller.apiKey,
    ownerAddress: caller.address,
    maker: order.maker,
    makerKey: order.maker.toLowerCase(),
    signer: order.signer,
    version: order.version,
    conditionId: state.market.conditionId,
    tokenId: order.tokenId,
    yes: isYes(state.market, order.tokenId),
    side: order.sideText,
    price: terms.price,
    shares: terms.shares,
    makerAmount: terms.makerAmount,
    takerAmount: terms.takerAmount,
    orderType: request.orderType,
    postOnly: request.postOnly,
    expiration: terms.expiration,
    createdAt: nowSeconds(venue),
    builder: order.version === 2 ? order.builder : builderKey,
    tradeIds: [],
    matchedShares: 0n,
    matchedUsd: 0n,
    rested: false,
    status: 'LIVE',
  };
}

function incomingOf(order: OrderRecord, limit: Micro, quantity: Incoming['quantity']): Incoming {
  return {
    side: bookSideOf(order.side, order.yes),
    limit,
    yes: order.yes,
    quantity,
    maker: order.makerKey,
  };
}

function shouldDelay(state: MarketState, request: OrderRequest, plan: MatchPlan): boolean {
  return plan.fills.length > 0 && (request.deferExec || state.market.secondsDelay > 0);
}

function delayOrder(venue: Venue, order: OrderRecord): Placed {
  storeOrder(venue, order);
  addOpen(venue, order);
  order.status = 'DELAYED';
  venue.delayed.add(order);
  return { order, status: 'delayed', trades: [] };
}

/** Runs a delayed order on a later tick: what it could match then may be gone by now. */
export function runDelayed(venue: Venue, order: OrderRecord): void {
  settleOpen(venue, order, 'LIVE');
  const state = tradableByToken(venue, order.tokenId);
  if (state === undefined) {
    order.status = 'CANCELED';
    return;
  }
  const market = order.orderType === 'FOK' || order.orderType === 'FAK';
  const limit = order.yes ? order.price : ONE - order.price;
  const quantity: Incoming['quantity'] =
    market && order.side === 'BUY'
      ? { kind: 'budget', usd: order.makerAmount }
      : { kind: 'shares', shares: order.shares };
  const plan = planMatch(state.book, incomingOf(order, limit, quantity));
  try {
    checkFunds(venue, state, order, plan);
    refuseUnfilled(order, plan);
  } catch {
    order.status = market ? 'UNMATCHED' : 'CANCELED';
    return;
  }
  executeOrder(venue, state, order, plan);
}

function executeOrder(venue: Venue, state: MarketState, order: OrderRecord, plan: MatchPlan): Placed {
  for (const entry of plan.selfCrossed) {
    const own = venue.orders.get(entry.id);
    if (own !== undefined) withdraw(venue, own, 'CANCELED');
  }
  const taker = { order, tokenId: order.tokenId, side: order.side } as const;
  const trades = applyPlan(venue, state, taker, plan);
  order.matchedShares = plan.filledShares;
  order.matchedUsd = plan.takerCost;
  const resting = order.orderType === 'GTC' || order.orderType === 'GTD';
  if (plan.complete || !resting) {
    order.status = 'MATCHED';
    return { order, status: 'matched', trades };
  }
  restOrder(venue, state, order);
  return { order, status: trades.length > 0 ? 'matched' : 'live', trades };
}

function restOrder(venue: Venue, state: MarketState, order: OrderRecord): void {
  addOpen(venue, order);
  order.rested = true;
  order.status = 'LIVE';
  insertEntry(state.book, {
    id: order.id,
    side: bookSideOf(order.side, order.yes),
    price: order.yes ? order.price : ONE - order.price,
    seq: nextSeq(venue),
    maker: order.makerKey,
    remaining: order.shares - order.matchedShares,
  });
  state.changedAtMs = nowMs(venue);
}
