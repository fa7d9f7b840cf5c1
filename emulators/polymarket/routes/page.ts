import { badRequest } from '../venue-error.ts';

/** The venue's cursors: base64 of an offset, with -1 for the end. */
export const START_CURSOR = 'MA==';
export const END_CURSOR = 'LTE=';

export interface Page {
  readonly limit: number;
  readonly count: number;
  readonly next_cursor: string;
  readonly data: readonly unknown[];
}

/** One page of rows, rendered lazily so that a long table costs only its page. */
export function pageOf<T>(
  rows: readonly T[],
  cursor: string | null,
  limit: number,
  view: (row: T) => unknown,
): Page {
  const offset = offsetOf(cursor ?? START_CURSOR);
  const data = offset < 0 ? [] : rows.slice(offset, offset + limit).map(view);
  const next = offset + limit;
  return {
    data,
    next_cursor: offset < 0 || next >= rows.length ? END_CURSOR : encodeOffset(next),
    limit,
    count: data.length,
  };
}

function encodeOffset(offset: number): string {
  return Buffer.from(String(offset)).toString('base64');
}

function offsetOf(cursor: string): number {
  if (cursor === '') return 0;
  const text = Buffer.from(cursor, 'base64').toString('utf8');
  if (cursor === END_CURSOR) return -1;
  if (!/^\d{1,9}$/.test(text)) throw badRequest('next item should be greater than or equal to 0');
  return Number(text);
}
