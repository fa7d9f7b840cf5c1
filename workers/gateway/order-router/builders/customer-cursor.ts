import { RequestError } from '../../../../shared/errors/failure.ts';

/** Longer than the cursor of any place in a list. */
export const MAX_CURSOR_LENGTH = 64;

/** Where the next page begins, as text that callers hand back unread. */
export const customerCursorOf = (place: number): string => btoa(`after:${place}`);

/** The place that a cursor of ours names; 0, the beginning, without one. Throws INVALID_CURSOR. */
export function customerPlaceOf(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const place = Number(/^after:([1-9]\d{0,14})$/.exec(decode(cursor))?.[1] ?? 'none');
  if (Number.isNaN(place)) throw new RequestError('INVALID_CURSOR');
  return place;
}

function decode(cursor: string): string {
  try {
    return atob(cursor);
  } catch {
    return '';
  }
}
