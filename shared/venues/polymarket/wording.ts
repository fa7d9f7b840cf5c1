import * as z from 'zod';
import { ZERO } from '../../money/fixed.ts';
import { decimal } from '../decimal.ts';
import { endedStatus, restingStatus } from '../filled.ts';
import type { Reply, Wording } from '../http/send.ts';
import type { PlaceOutcome, PreparedCancel, PreparedOrder, RefusedReason, VenueOrder } from '../port.ts';

/** Amounts are empty text while nothing matched. */
const amount = z.union([z.literal('').transform(() => ZERO), decimal]).optional();
const placedSchema = z.object({
  orderID: z.string(),
  status: z.string(),
  success: z.boolean(),
  errorMsg: z.string().optional(),
  makingAmount: amount,
  takingAmount: amount,
});
const canceledSchema = z.object({
  canceled: z.array(z.string()),
  not_canceled: z.record(z.string(), z.string()),
});
const errorSchema = z.object({ error: z.string() });

/** Parts of the venue's refusals and what they mean; the first that fits counts. */
const REASONS: readonly (readonly [RegExp, RefusedReason])[] = [
  [/not enough balance/i, 'INSUFFICIENT_BALANCE'],
  [/fully filled|no orders found to match/i, 'FOK_ORDER_NOT_FILLED_ERROR'],
  [/tick size/i, 'INVALID_ORDER_MIN_TICK_SIZE'],
  [/min size|lower than the minimum/i, 'INVALID_QUANTITY'],
  [/duplicated/i, 'DUPLICATE_CLIENT_ORDER_ID'],
  [/orderbook .* does not exist|closed|resolved/i, 'MARKET_CLOSED'],
  // The venue has just changed its order schema: the next order is signed by the new one.
  [/order_version_mismatch/, 'VENUE_UNAVAILABLE'],
];

function reasonOf(status: number, text: string): RefusedReason {
  if (status === 401 || status === 403) return 'VENUE_AUTHENTICATION';
  // The matching engine restarts: it takes nothing.
  if (status === 425) return 'VENUE_UNAVAILABLE';
  return REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? 'INVALID_ORDER_PAYLOAD';
}

function refusal({ status, body }: Reply) {
  const parsed = errorSchema.safeParse(body);
  const text = parsed.success ? parsed.data.error : `HTTP ${status}`;
  return { reason: reasonOf(status, text), text };
}

/** How the venue answers `POST /order`. */
export const placing = ({ terms, dedupe }: PreparedOrder): Wording<PlaceOutcome> => ({
  accepted({ status, body }) {
    const parsed = placedSchema.safeParse(body);
    if (!parsed.success) return undefined;
    const { data } = parsed;
    if (!data.success || (data.errorMsg ?? '') !== '') {
      const text = data.errorMsg ?? '';
      return { tag: 'refused', reason: reasonOf(status, text), text };
    }
    // The id is the hash of what was signed; another one is an answer to something else.
    if (data.orderID.toLowerCase() !== dedupe.value.toLowerCase()) return undefined;
    const filled = (terms.side === 'BUY' ? data.takingAmount : data.makingAmount) ?? ZERO;
    const now = Date.now();
    const { marketId, outcome, side, price, size, type } = terms;
    const rests = type === 'gtc' || type === 'gtd';
    const order: VenueOrder = {
      id: dedupe.value,
      marketId,
      outcome,
      side,
      price,
      size,
      filled,
      status:
        data.status === 'delayed'
          ? 'pending'
          : rests
            ? restingStatus(size, filled)
            : endedStatus(terms, filled),
      createdAt: now,
      updatedAt: now,
    };
    return { tag: 'accepted', order };
  },
  refusal,
});

/** How it answers `DELETE /order`: orders that are not open are named, with 200. */
export const cancelling = ({ orderId }: PreparedCancel): Wording<{ readonly tag: 'accepted' }> => ({
  accepted({ body }) {
    const parsed = canceledSchema.safeParse(body);
    if (!parsed.success) return undefined;
    if (parsed.data.canceled.includes(orderId)) return { tag: 'accepted' };
    const text = parsed.data.not_canceled[orderId];
    return text === undefined ? undefined : { tag: 'refused', reason: 'ORDER_NOT_CANCELLABLE', text };
  },
  refusal,
});
