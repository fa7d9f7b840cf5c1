import * as z from 'zod';
import type { RefusedReason } from '../../port.ts';
import type { RefusalText, Reply } from '../../trading/send-once.ts';
import { locationRefusal } from '../location-refusal.ts';

const errorSchema = z.object({
  error: z.string(),
  /** Of the post-only minutes after a restart. */
  retry_after_seconds: z.number().positive().max(86_400).optional().catch(undefined),
});

/** The modes in which the venue takes no or few orders; it answers them with 503 (polymarket-today 6). */
const CLOSED_MODE = /post-only mode|currently cancel-only|currently disabled/i;
/** Kills that the engine words with 500: what did not fill at once is gone. */
const KILLED = /fully filled|filled or killed|no orders found to match|no matching orders/i;
/**
 * The engine has taken the order and not matched it yet, whatever the status says: only a later look tells whether it
 * rests, fills or ends.
 */
const DELAYED = /order match delayed/i;
/** Too early: the matching engine restarts. No page tells whether a command that met it was dropped. */
const TOO_EARLY = 425;
/** Seconds until a venue that is closed is asked again, where it names none. */
const CLOSED_RETRY_S = 30;

/** Parts of the venue's refusals and what they mean; the first that fits counts. */
const REASONS: readonly (readonly [RegExp, RefusedReason])[] = [
  [CLOSED_MODE, 'VENUE_UNAVAILABLE'],
  [/not yet ready to process/i, 'VENUE_UNAVAILABLE'],
  // Of the account, before anything of a market: its words name markets' states too.
  [
    /address banned|address in closed only mode|maker address not allowed|signer address has to be/i,
    'VENUE_ACCOUNT_REFUSED',
  ],
  [/not enough balance/i, 'INSUFFICIENT_BALANCE'],
  [KILLED, 'FOK_ORDER_NOT_FILLED_ERROR'],
  [/tick size/i, 'INVALID_ORDER_MIN_TICK_SIZE'],
  [/min size|lower than the minimum/i, 'INVALID_QUANTITY'],
  [/duplicated/i, 'DUPLICATE_CLIENT_ORDER_ID'],
  [/orderbook .* does not exist|closed|resolved/i, 'MARKET_CLOSED'],
  // The venue has just changed its order schema: the next order is signed by the new one.
  [/order_version_mismatch/, 'VENUE_UNAVAILABLE'],
];

/** What a refusal of the venue's means. Its own words stay in `text`. */
export function refusal({ status, body, retryAfter }: Reply): RefusalText {
  const location = locationRefusal(status, body);
  if (location !== undefined) return { reason: 'VENUE_LOCATION_REFUSED', text: location };
  const parsed = errorSchema.safeParse(body);
  const text = parsed.success ? parsed.data.error : `HTTP ${status}`;
  if (status === 401 || status === 403) return { reason: 'VENUE_AUTHENTICATION', text };
  const asked = parsed.success ? parsed.data.retry_after_seconds : undefined;
  return worded(text, asked === undefined ? retryAfter : Math.ceil(asked));
}

/** The same of a text that stands in a reply of 200. */
export function worded(text: string, retryAfter?: number): RefusalText {
  const reason = REASONS.find(([pattern]) => pattern.test(text))?.[1] ?? 'INVALID_ORDER_PAYLOAD';
  if (!CLOSED_MODE.test(text)) return { reason, text };
  return { reason, text, retryAfter: retryAfter ?? CLOSED_RETRY_S };
}

/** Whether the engine has taken an order in spite of the text that it answers with. */
export const isDelayed = (text: string): boolean => DELAYED.test(text);

/** Replies whose status alone would mislead: see `ReplyParser.isRefusal`. */
export function isRefusal({ status, body }: Reply): boolean | undefined {
  if (status === TOO_EARLY) return false;
  const parsed = errorSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { error } = parsed.data;
  if (isDelayed(error)) return false;
  if (status === 503) return CLOSED_MODE.test(error) ? true : undefined;
  return status === 500 && KILLED.test(error) ? true : undefined;
}
