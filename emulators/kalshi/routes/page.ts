import { badParameter } from '../venue-error.ts';
import { integerOf } from './query.ts';

export interface Page<T> {
  readonly rows: readonly T[];
  /** Empty on the last page, as on the venue. */
  readonly cursor: string;
}

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;

/**
 * One page. The cursor names the last row seen, so rows that arrive at the front shift nothing. A cursor that means
 * nothing starts from the beginning: the venue does not refuse one either.
 * @throws 400 for a limit below 1 or above `max`, which the venue does not clamp.
 */
export function pageOf<T>(
  rows: readonly T[],
  query: URLSearchParams,
  keyOf: (row: T) => string,
  { fallback = DEFAULT_LIMIT, max = MAX_LIMIT }: { readonly fallback?: number; readonly max?: number } = {},
): Page<T> {
  const limit = integerOf(query, 'limit') ?? fallback;
  if (limit < 1 || limit > max) throw badParameter(`limit must be between 1 and ${max}`);
  const seen = decode(query.get('cursor') ?? '');
  const start = seen === '' ? 0 : rows.findIndex((row) => keyOf(row) === seen) + 1;
  const page = rows.slice(start, start + limit);
  const last = page.at(-1);
  const more = start + limit < rows.length && last !== undefined;
  return { rows: page, cursor: more ? encode(keyOf(last)) : '' };
}

function encode(key: string): string {
  return Buffer.from(key).toString('base64url');
}

function decode(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}
