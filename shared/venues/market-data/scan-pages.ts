import { failure } from '../../errors/failure.ts';
import type { Found, Page } from '../port.ts';

/**
 * Pages of the venue that one request walks at most to find rows which a filter keeps: beyond it the page is short and
 * says where to go on.
 */
const MAX_PAGES = 5;
/** Longest cursor that is read; venues' own are below 200 characters. */
const MAX_CURSOR = 1_024;

/** A page of the venue itself. `next` is absent on the last one. */
export interface VenuePage<T> {
  readonly rows: readonly T[];
  readonly next?: string | undefined;
}

/**
 * One page of `limit` rows that `keep` lets through, whatever the size of the venue's pages. The cursor names a page
 * of the venue and how many of its rows are done.
 */
export async function scanPages<T>(
  fetchPage: (cursor: string | undefined) => Promise<Found<VenuePage<T>>>,
  keep: (row: T) => boolean,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Found<Page<T>>> {
  const start = cursor === undefined ? { page: undefined, done: 0 } : readCursor(cursor);
  if (!start) return failure('INVALID_CURSOR');
  const items: T[] = [];
  let { page, done } = start;
  for (let pages = 0; pages < MAX_PAGES; pages += 1) {
    const found = await fetchPage(page);
    if (!found.ok) return found;
    const { rows, next } = found.value;
    for (; done < rows.length; done += 1) {
      const row = rows[done];
      if (row === undefined || !keep(row)) continue;
      if (items.length === limit) return { ok: true, value: { items, next: writeCursor(page, done) } };
      items.push(row);
    }
    if (next === undefined) return { ok: true, value: { items } };
    page = next;
    done = 0;
  }
  return { ok: true, value: { items, next: writeCursor(page, 0) } };
}

const writeCursor = (page: string | undefined, done: number): string => btoa(`${done}:${page ?? ''}`);

function readCursor(cursor: string): { page: string | undefined; done: number } | undefined {
  if (cursor.length > MAX_CURSOR) return undefined;
  let text: string;
  try {
    text = atob(cursor);
  } catch {
    return undefined;
  }
  const match = /^(\d{1,5}):(.*)$/.exec(text);
  if (!match) return undefined;
  const [, done = '0', page = ''] = match;
  return { page: page === '' ? undefined : page, done: Number(done) };
}

/** Whether a text has the searched part, in any case. */
export const mentions = (search: string | undefined, ...texts: readonly (string | undefined)[]): boolean =>
  search === undefined || texts.some((text) => text?.toLowerCase().includes(search.toLowerCase()) === true);
