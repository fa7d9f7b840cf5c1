import type { MatchPlan } from '../book/plan-match.ts';
import { takerFee } from '../ledger.ts';
import type { MarketState, Venue } from '../state.ts';
import { mulCeil, ONE, type Micro } from '../../lib/units.ts';
import { badRequest } from '../venue-error.ts';
import { freeCash, freeShares } from './order-table.ts';
import type { OrderRecord } from './records.ts';

/** A sell needs the shares; a buy needs cash for what it takes now, its fee, and what rests. */
export function checkFunds(venue: Venue, state: MarketState, order: OrderRecord, plan: MatchPlan): void {
  const enough =
    order.side === 'SELL'
      ? freeShares(venue, order.maker, order.tokenId) >= order.shares
      : freeCash(venue, order.maker) >= usdNeeded(state, order, plan);
  if (!enough) throw badRequest('not enough balance / allowance');
}

function usdNeeded(state: MarketState, order: OrderRecord, plan: MatchPlan): Micro {
  const fee = plan.fills.reduce(
    (sum, fill) => sum + takerFee(state.market.feeRate, fill.shares, tokenPriceOf(order, fill.entry.price)),
    0n,
  );
  if (order.orderType === 'FOK' || order.orderType === 'FAK') return order.makerAmount + fee;
  return plan.takerCost + fee + mulCeil(order.shares - plan.filledShares, order.price);
}

function tokenPriceOf(order: OrderRecord, yesPrice: Micro): Micro {
  return order.yes ? yesPrice : ONE - yesPrice;
}

/** @throws when an order that must not rest cannot do what its type demands. */
export function refuseUnfilled(order: OrderRecord, plan: MatchPlan): void {
  if (order.orderType === 'FOK' && !plan.complete) {
    throw badRequest("order couldn't be fully filled. FOK orders are fully filled or killed.");
  }
  if (order.orderType === 'FAK' && plan.fills.length === 0) {
    throw badRequest(
      'no orders found to match with FAK order. FAK orders are partially filled or killed if no match is found.',
    );
  }
}
