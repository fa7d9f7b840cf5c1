import * as z from 'zod';
import { errorCatalogue } from '../../../../../shared/errors/catalogue.ts';
import { RequestError, type Failure } from '../../../../../shared/errors/failure.ts';
import { type Has, unsupported } from '../../../../../shared/venues/port/capabilities.ts';
import { dataVenue } from '../../../../../shared/venues/data-venues.ts';
import { venueNames, type VenueName } from '../../../../../shared/venues/venue-names.ts';
import type { Found, Page } from '../../../../../shared/venues/port.ts';
import type { Env } from '../../../env.ts';
import { exchangeNamed } from '../../exchange-query.ts';
import { readPageCursor, writePageCursor, type PagePlace } from '../page-cursor.ts';

/** Names of exchanges, parted by commas. */
export const exchangeList = z.string().min(1).max(200);

/** Whether an exchange took part in an answer. `error` says why not. */
export const exchangeStatus = z.record(
  z.string(),
  z.object({ success: z.boolean(), error: z.string().optional() }),
);
export type ExchangeStatus = z.infer<typeof exchangeStatus>;

export const pagination = z.object({
  count: z.number(),
  /** What the pages have shown so far, this one included: all there is once has_more is false. */
  total: z.number(),
  has_more: z.boolean(),
  next_cursor: z.string().optional(),
});

/** The exchanges of a list. Throws EXCHANGE_NOT_FOUND for the first that is none. */
export const exchangesIn = (list: string): readonly VenueName[] => [
  ...new Set(list.split(',').map((name) => exchangeNamed({ exchange: name.trim() }))),
];

/**
 * The exchanges that a listing asks: those that are named, else all that have it. Paper is asked only by name: its
 * markets are Polymarket's and would all stand there twice. Throws NOT_SUPPORTED where one that is named lacks it.
 */
export function exchangesFor(env: Env, list: string | undefined, flag: keyof Has): readonly VenueName[] {
  const has = (exchange: VenueName): boolean => dataVenue(exchange, env).capabilities.has[flag];
  if (list === undefined) return venueNames.filter((exchange) => exchange !== 'paper' && has(exchange));
  const named = exchangesIn(list);
  const lacking = named.find((exchange) => !has(exchange));
  if (lacking !== undefined) throw new RequestError(unsupported(lacking, flag.replaceAll('_', ' ')));
  return named;
}

export interface MergedListing<T> {
  readonly rows: readonly { readonly exchange: VenueName; readonly item: T }[];
  readonly status: ExchangeStatus;
  readonly pagination: z.infer<typeof pagination>;
}

type FetchPage<T> = (
  exchange: VenueName,
  limit: number,
  place: string | undefined,
) => Promise<Found<Page<T>>>;

/**
 * One page of several exchanges' listings, each asked for its share of `limit`, so that no row is fetched and not
 * shown. One that does not answer now is told in `status` and keeps its place in the cursor: the next page asks it
 * again, and nothing is skipped. When none answers, the failure is thrown, as is every fault of the request's own.
 */
export async function mergeListings<T>(
  asked: readonly VenueName[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  fetchPage: FetchPage<T>,
): Promise<MergedListing<T>> {
  const { exchanges: places, seen }: PagePlace =
    cursor === undefined
      ? { exchanges: asked.map((exchange) => ({ exchange })), seen: 0 }
      : readPageCursor(cursor, asked);
  const [turns, waiting] = [places.slice(0, limit), places.slice(limit)];
  const answers = await Promise.all(
    turns.map(async (turn, index) => {
      const share = Math.floor(limit / turns.length) + (index < limit % turns.length ? 1 : 0);
      return { ...turn, found: await fetchPage(turn.exchange, share, turn.place) };
    }),
  );
  refuseFaults(answers.map(({ found }) => found));
  const rows = answers.flatMap(({ exchange, found }) =>
    found.ok ? found.value.items.map((item) => ({ exchange, item })) : [],
  );
  // Those that had no share this time go first next time.
  const next = [
    ...waiting,
    ...answers.flatMap(({ exchange, place, found }) => {
      const on = found.ok ? found.value.next : place;
      return found.ok && on === undefined ? [] : [{ exchange, place: on }];
    }),
  ];
  const total = seen + rows.length;
  return {
    rows,
    status: Object.fromEntries(answers.map(({ exchange, found }) => [exchange, statusOf(found)])),
    pagination: {
      count: rows.length,
      total,
      has_more: next.length > 0,
      ...(next.length > 0 && { next_cursor: writePageCursor({ exchanges: next, seen: total }) }),
    },
  };
}

/** Throws what no other exchange's answer can make good: all have failed, or the request itself is wrong. */
export function refuseFaults(answers: readonly Found<unknown>[]): void {
  const failed = answers.filter((found): found is Failure => !found.ok);
  const fault = failed.find(({ reason }) => reason !== 'VENUE_UNAVAILABLE');
  const last = failed.length === answers.length ? failed[0] : undefined;
  const thrown = fault ?? last;
  if (thrown) throw new RequestError(thrown);
}

export const statusOf = (found: Found<unknown>): ExchangeStatus[string] =>
  found.ok
    ? { success: true }
    : { success: false, error: found.message ?? errorCatalogue[found.reason].sentence };
