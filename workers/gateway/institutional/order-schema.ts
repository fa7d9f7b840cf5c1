import * as z from 'zod';

/** Messages of `OrderEntryAPI` as JSON (relay/proto): snake_case, int64 as text, zero values absent. */

const WHOLE =
  'must be a whole number as text: scaled by price_scale or fractional_qty_scale of the instrument';
const INT64_MAX = 2n ** 63n - 1n;
/** Prices and quantities are whole numbers over the instrument's scales: passed through, never converted. */
const int64 = z
  .union([z.string().regex(/^-?\d{1,19}$/, WHOLE), z.int()])
  .transform(String)
  .refine((text) => BigInt(text) <= INT64_MAX && BigInt(text) >= -INT64_MAX - 1n, 'is no int64');

const text = z.string().max(500);
const name = z.string().max(200);
export const clordId = z.string().regex(/^[!-~]{1,64}$/, 'must be 1 to 64 visible ASCII characters');
const time = z.iso.datetime({ offset: true });
const flag = z.boolean();
const timeInForce = z.enum([
  'TIME_IN_FORCE_UNDEFINED',
  'TIME_IN_FORCE_DAY',
  'TIME_IN_FORCE_GOOD_TILL_CANCEL',
  'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL',
  'TIME_IN_FORCE_GOOD_TILL_TIME',
  'TIME_IN_FORCE_FILL_OR_KILL',
]);
const manualOrderIndicator = z.enum([
  'MANUAL_ORDER_INDICATOR_UNDEFINED',
  'MANUAL_ORDER_INDICATOR_MANUAL',
  'MANUAL_ORDER_INDICATOR_AUTOMATED',
]);

export const insertOrder = z.strictObject({
  type: z.enum([
    'ORDER_TYPE_MARKET_TO_LIMIT',
    'ORDER_TYPE_LIMIT',
    'ORDER_TYPE_STOP',
    'ORDER_TYPE_STOP_LIMIT',
  ]),
  side: z.enum(['SIDE_BUY', 'SIDE_SELL']),
  symbol: name.min(1),
  order_qty: int64.optional(),
  price: int64.optional(),
  time_in_force: timeInForce.optional(),
  clord_id: clordId.optional(),
  account: name.optional(),
  stop_price: int64.optional(),
  min_qty: int64.optional(),
  self_match_prevention_id: name.optional(),
  self_match_prevention_instruction: z
    .enum([
      'SELF_MATCH_PREVENTION_INSTRUCTION_UNDEFINED',
      'SELF_MATCH_PREVENTION_INSTRUCTION_REJECT_AGGRESSOR',
      'SELF_MATCH_PREVENTION_INSTRUCTION_CANCEL_RESTING',
      'SELF_MATCH_PREVENTION_INSTRUCTION_REMOVE_BOTH',
    ])
    .optional(),
  all_or_none: flag.optional(),
  session_id: name.optional(),
  user: name.optional(),
  client_account_id: text.optional(),
  client_participant_id: text.optional(),
  participate_dont_initiate: flag.optional(),
  cash_order_qty: int64.optional(),
  strict_limit: flag.optional(),
  good_till_time: time.optional(),
  best_limit: flag.optional(),
  immediately_executable_limit: flag.optional(),
  order_capacity: z
    .string()
    .regex(/^ORDER_CAPACITY_[A-Z_]{1,40}$/)
    .optional(),
  ignore_price_validity_checks: flag.optional(),
  manual_order_indicator: manualOrderIndicator.optional(),
});
export type InsertOrder = z.infer<typeof insertOrder>;

export const cancelOrder = z.strictObject({
  order_id: name.min(1),
  symbol: name.optional(),
  clord_id: clordId.optional(),
});

export const replaceOrder = z.strictObject({
  order_id: name.min(1),
  clord_id: clordId.optional(),
  symbol: name.optional(),
  price: int64.optional(),
  order_qty: int64.optional(),
  time_in_force: timeInForce.optional(),
  stop_price: int64.optional(),
  min_qty: int64.optional(),
  all_or_none: flag.optional(),
  participate_dont_initiate: flag.optional(),
  strict_limit: flag.optional(),
  good_till_time: time.optional(),
  best_limit: flag.optional(),
  immediately_executable_limit: flag.optional(),
  manual_order_indicator: manualOrderIndicator.optional(),
});

/** The exchange's own bound. */
export const MAX_LIST = 20;
export const listOf = <T extends z.ZodType>(one: T) =>
  z.strictObject({ requests: z.array(one).min(1).max(MAX_LIST) });
