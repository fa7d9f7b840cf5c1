import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { User } from '../auth/users.ts';
import type { OrderTerms } from '../engine/types.ts';
import { invalid } from '../exchange-error.ts';
import { accountFor } from './caller.ts';
import { amount, clordId, flag, member, name, text, time } from './wire.ts';

const TIMES = [
  'TIME_IN_FORCE_DAY',
  'TIME_IN_FORCE_GOOD_TILL_CANCEL',
  'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL',
  'TIME_IN_FORCE_GOOD_TILL_TIME',
  'TIME_IN_FORCE_FILL_OR_KILL',
] as const;
export const timeInForce = member(TIMES, 'TIME_IN_FORCE_UNDEFINED');
export const manualOrderIndicator = member(
  ['MANUAL_ORDER_INDICATOR_MANUAL', 'MANUAL_ORDER_INDICATOR_AUTOMATED'],
  'MANUAL_ORDER_INDICATOR_UNDEFINED',
);

/** OrderEntryAPI.InsertOrder: docs.polymarketexchange.com/api-reference/orderentryapi/insert-order. */
export const insertSchema = z.object({
  type: member(
    ['ORDER_TYPE_MARKET_TO_LIMIT', 'ORDER_TYPE_LIMIT', 'ORDER_TYPE_STOP', 'ORDER_TYPE_STOP_LIMIT'],
    'ORDER_TYPE_UNDEFINED',
  ),
  side: member(['SIDE_BUY', 'SIDE_SELL'], 'SIDE_UNDEFINED'),
  order_qty: amount,
  symbol: name,
  price: amount,
  time_in_force: timeInForce,
  clord_id: clordId.default(''),
  account: name,
  stop_price: amount,
  min_qty: amount,
  self_match_prevention_id: name,
  self_match_prevention_instruction: member(
    [
      'SELF_MATCH_PREVENTION_INSTRUCTION_REJECT_AGGRESSOR',
      'SELF_MATCH_PREVENTION_INSTRUCTION_CANCEL_RESTING',
      'SELF_MATCH_PREVENTION_INSTRUCTION_REMOVE_BOTH',
    ],
    'SELF_MATCH_PREVENTION_INSTRUCTION_UNDEFINED',
  ),
  all_or_none: flag,
  session_id: name,
  user: name,
  client_account_id: text,
  client_participant_id: text,
  participate_dont_initiate: flag,
  cash_order_qty: amount,
  strict_limit: flag,
  good_till_time: time,
  best_limit: flag,
  immediately_executable_limit: flag,
  order_capacity: member(
    [
      'ORDER_CAPACITY_AGENCY',
      'ORDER_CAPACITY_PRINCIPAL',
      'ORDER_CAPACITY_PROPRIETARY',
      'ORDER_CAPACITY_INDIVIDUAL',
      'ORDER_CAPACITY_RISKLESS_PRINCIPAL',
      'ORDER_CAPACITY_AGENT_FOR_OTHER_MEMBER',
    ],
    'ORDER_CAPACITY_UNDEFINED',
  ),
  ignore_price_validity_checks: flag,
  manual_order_indicator: manualOrderIndicator,
});

export type InsertRequest = z.infer<typeof insertSchema>;

/** @throws INVALID_ARGUMENT or PERMISSION_DENIED: for what the gateway sees. The engine judges the rest. */
export function termsOf(user: User, request: InsertRequest): { account: string; terms: OrderTerms } {
  if (request.symbol === '') throw invalid('symbol is required');
  if (request.type === undefined) throw invalid('type is required');
  if (request.side === undefined) throw invalid('side is required');
  refuseUnplayed(request);
  const terms: OrderTerms = {
    symbol: request.symbol,
    side: request.side,
    type: request.type,
    orderQty: request.order_qty,
    cashOrderQty: request.cash_order_qty,
    price: request.price,
    stopPrice: request.stop_price,
    minQty: request.min_qty ?? 0n,
    timeInForce: request.time_in_force ?? 'TIME_IN_FORCE_DAY',
    goodTillMs: request.good_till_time,
    postOnly: request.participate_dont_initiate,
    clordId: request.clord_id === '' ? randomUUID() : request.clord_id,
    allOrNone: request.all_or_none,
    selfMatchId: request.self_match_prevention_id,
    selfMatchInstruction:
      request.self_match_prevention_instruction ?? 'SELF_MATCH_PREVENTION_INSTRUCTION_REJECT_AGGRESSOR',
    labels: {
      client_account_id: request.client_account_id,
      client_participant_id: request.client_participant_id,
      user: request.user,
      order_capacity: request.order_capacity ?? '',
      manual_order_indicator: request.manual_order_indicator ?? '',
      ignore_price_validity_checks: request.ignore_price_validity_checks,
    },
  };
  return { account: accountFor(user, request.account), terms };
}

/** Refused rather than ignored. */
export function refuseUnplayed(request: {
  readonly strict_limit: boolean;
  readonly best_limit: boolean;
  readonly immediately_executable_limit: boolean;
}): void {
  if (request.strict_limit || request.best_limit || request.immediately_executable_limit)
    throw invalid('strict_limit, best_limit and immediately_executable_limit are not played here');
}
