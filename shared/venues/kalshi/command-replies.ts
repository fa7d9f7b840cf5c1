import * as z from 'zod';
import { decimal } from '../money/venue-decimal.ts';
import { endedStatus, restingStatus } from '../trading/order-status.ts';
import type { Reply, ReplyParser } from '../trading/send-once.ts';
import type { PlaceOutcome, PreparedCancel, PreparedOrder, RefusedReason } from '../port.ts';

const createdSchema = z.object({
  order_id: z.string().min(1),
  client_order_id: z.string().optional(),
  fill_count: decimal,
  remaining_count: decimal,
  ts_ms: z.number().optional(),
});
const canceledSchema = z.object({ order_id: z.string(), reduced_by: decimal });

/** The same members stand below `error`, or at the top when the body could not be read. */
const words = z.object({
  code: z.string().optional(),
  message: z.string().optional(),
  details: z.string().optional(),
});
const errorSchema = z.union([z.object({ error: words }).transform(({ error }) => error), words]);

const REASONS: Readonly<Record<string, RefusedReason>> = {
  insufficient_balance: 'INSUFFICIENT_BALANCE',
  order_already_exists: 'DUPLICATE_CLIENT_ORDER_ID',
  market_closed: 'MARKET_CLOSED',
  market_not_found: 'MARKET_NOT_FOUND',
  trading_is_paused: 'MARKET_CLOSED',
  exchange_is_paused: 'MARKET_CLOSED',
  fill_or_kill_insufficient_resting_volume: 'FOK_ORDER_NOT_FILLED_ERROR',
};

const refusalTo =
  (notFound: RefusedReason) =>
  ({ status, body }: Reply): { readonly reason: RefusedReason; readonly text: string } => {
    const parsed = errorSchema.safeParse(body);
    const { code = '', message, details } = parsed.success ? parsed.data : {};
    const text = [message ?? code, details].filter((part) => part !== undefined && part !== '').join(': ');
    const shown = text === '' ? `HTTP ${status}` : text;
    if (status === 401 || status === 403) return { reason: 'VENUE_AUTHENTICATION', text: shown };
    if (status === 404) return { reason: notFound, text: shown };
    return { reason: REASONS[code] ?? 'INVALID_ORDER_PAYLOAD', text: shown };
  };

/** How the venue answers `POST /portfolio/events/orders`. */
export const placeReplies = ({ terms, dedupe }: PreparedOrder): ReplyParser<PlaceOutcome> => ({
  accepted({ body }) {
    const parsed = createdSchema.safeParse(body);
    if (!parsed.success) return undefined;
    const { order_id: id, client_order_id: client, fill_count: filled, ts_ms: at } = parsed.data;
    if (client !== undefined && client !== dedupe.value) return undefined;
    const { marketId, outcome, side, price, size, type } = terms;
    const rests = type === 'gtc' && parsed.data.remaining_count > 0n;
    const now = at ?? Date.now();
    const status = rests ? restingStatus(size, filled) : endedStatus({ price, size, type: 'gtc' }, filled);
    return {
      tag: 'accepted',
      order: {
        id,
        clientOrderId: dedupe.value,
        marketId,
        outcome,
        side,
        price,
        size,
        filled,
        status,
        createdAt: now,
        updatedAt: now,
      },
    };
  },
  refusal: refusalTo('MARKET_NOT_FOUND'),
});

/** How it answers `DELETE …/{id}`: 404 also for orders that are filled or cancelled. */
export const cancelReplies = ({ orderId }: PreparedCancel): ReplyParser<{ readonly tag: 'accepted' }> => ({
  accepted({ body }) {
    const parsed = canceledSchema.safeParse(body);
    return parsed.success && parsed.data.order_id === orderId ? { tag: 'accepted' } : undefined;
  },
  refusal: refusalTo('ORDER_NOT_CANCELLABLE'),
});
