import * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import type { FillPlace } from '../../../durable-objects/trading-account/api.ts';

/** Rows of a page, if the request names no number, and at most (contract: partner, "trades"). */
const PAGE = 100;
const MAX_PAGE = 500;
/** Longer than any cursor of ours; what is longer is told as a cursor's fault too. */
const MAX_CURSOR = 256;

const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.number().int().min(1).max(MAX_PAGE))
  .default(PAGE);

/** Query of every list. */
export const pageQuery = z.object({ limit, cursor: z.string().optional() });

const rowCursor = z.strictObject({ after: z.number().int().positive() });
const fillCursor = z.strictObject({
  filled_at: z.iso.datetime({ offset: true }),
  order_id: z.number().int().positive(),
  /** Two fills of an order may share a millisecond. Optional: a cursor of the two names alone is one too. */
  trade_id: z.number().int().positive().optional(),
});

/** Where the next page of users or accounts begins: callers hand it back unread. */
export const rowCursorOf = (place: number | undefined): string | null =>
  place === undefined ? null : encode({ after: place });

/** The place that a cursor names; 0, the beginning, without one. Throws INVALID_CURSOR. */
export const rowPlaceOf = (cursor: string | undefined): number =>
  cursor === undefined ? 0 : read(rowCursor, cursor).after;

export const fillCursorOf = (filledAt: string, order: number, trade: number): string =>
  encode({ filled_at: filledAt, order_id: order, trade_id: trade });

/** The last fill of the page before; undefined without a cursor. Throws INVALID_CURSOR. */
export function fillPlaceOf(cursor: string | undefined): FillPlace | undefined {
  if (cursor === undefined) return undefined;
  const { filled_at, order_id, trade_id } = read(fillCursor, cursor);
  return {
    at: Date.parse(filled_at),
    order: order_id,
    ...(trade_id !== undefined && { trade: trade_id }),
  };
}

const encode = (place: object): string =>
  btoa(JSON.stringify(place)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

function read<T>(schema: z.ZodType<T>, cursor: string): T {
  if (cursor.length > MAX_CURSOR) throw new RequestError('INVALID_CURSOR');
  try {
    const parsed = schema.safeParse(JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))));
    if (parsed.success) return parsed.data;
  } catch {
    // Not base64url, or not JSON: a fault like any other.
  }
  throw new RequestError('INVALID_CURSOR');
}
