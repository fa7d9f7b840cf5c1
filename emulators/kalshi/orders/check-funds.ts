import { ONE } from '../../lib/units.ts';
import type { MatchPlan } from '../book/plan-match.ts';
import { feeOfFill, TAKER_RATE } from '../fees.ts';
import { accountOf, contractsOf, effectOf } from '../ledger.ts';
import type { MarketState, Venue } from '../state.ts';
import { insufficientBalance } from '../venue-error.ts';
import { reservedCash, reserveFor, type Claim } from './reserve.ts';
import type { OrderTerms } from './records.ts';

/**
 * Plays the plan through on paper: afterwards the cash must still cover everything that rests, this order included.
 * @throws 400 `insufficient_balance`.
 */
export function checkFunds(
  venue: Venue,
  state: MarketState,
  userId: string,
  terms: OrderTerms,
  plan: MatchPlan,
): void {
  const { market } = state;
  const account = accountOf(venue.ledger, userId);
  let { cash } = account;
  let position = contractsOf(account, market.ticker);
  let overpaid = 0n;
  for (const { entry, count } of plan.fills) {
    const outcome = terms.side === 'bid' ? 'yes' : 'no';
    const price = terms.side === 'bid' ? entry.price : ONE - entry.price;
    const effect = effectOf(position, outcome, count, price);
    const charged = feeOfFill(TAKER_RATE, count, entry.price, overpaid);
    overpaid = charged.overpaid;
    cash += effect.cash - charged.fee;
    position = effect.position;
  }
  const canceled = new Set(plan.selfCanceled.map((entry) => entry.id));
  const claims: Claim[] = [...(venue.openByUser.get(userId) ?? [])].filter(
    (order) => order.ticker === market.ticker && !canceled.has(order.id),
  );
  const remaining = terms.count - plan.filled;
  const rests = terms.timeInForce === 'good_till_canceled' && !plan.stopped && remaining > 0n;
  if (rests) claims.push({ side: terms.side, price: terms.price, remaining });
  const reserved = reserveFor(market, position, claims) + reservedCash(venue, account, market.ticker);
  if (cash < reserved) throw insufficientBalance();
}
