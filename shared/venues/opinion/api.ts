import * as z from 'zod';
import { failure, type Failure } from '../../errors/failure.ts';
import { DataVenueReader, type DataOnlySettings } from '../data-only/reader.ts';
import type { Probe, VenueEndpoint } from '../http/endpoint.ts';
import type { Found, ListedMarket, OutcomeBook } from '../port.ts';
import { ValueCache } from '../../value-cache.ts';

/** A short list. */
export const OPINION_PROBE: Probe = { path: '/quoteToken', time: 'date' };

/** Polled no more often than this (contract: venues, "Data only"). */
const BOOK_TTL_MS = 3_000;
/** A market that closes is noticed within this time. */
const MARKET_TTL_MS = 5_000;
const CACHE_ENTRIES = 2_000;

// What the venue says to everybody is shared by the whole isolate.
const markets = new ValueCache<ListedMarket>(CACHE_ENTRIES, MARKET_TTL_MS);
const books = new ValueCache<OutcomeBook>(CACHE_ENTRIES, BOOK_TTL_MS);

/** The id is not known to the venue. */
const NO_SUCH_MARKET = 10_200;
/** The key is bound to no wallet, or is none. */
const BAD_KEY: ReadonlySet<number> = new Set([11_001, 11_002]);

/** The documentation says `code` and `msg`; the venue is known to send `errno` and `errmsg`. */
const envelopeSchema = z.object({
  errno: z.number().int().optional(),
  code: z.number().int().optional(),
  result: z.unknown(),
});

export class OpinionApi {
  readonly reader: DataVenueReader;
  readonly markets = markets;
  readonly books = books;

  constructor({ url, apiKey }: DataOnlySettings, line?: VenueEndpoint) {
    this.reader = new DataVenueReader({
      url,
      apiKey,
      venue: 'opinion',
      probe: OPINION_PROBE,
      keyHeader: 'apikey',
      keySetting: 'OPINION_API_KEY',
      endpoint: line,
    });
  }

  /** `result` of the venue's envelope: it tells most of its refusals in a 200. */
  async get<T>(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    schema: z.ZodType<T>,
  ): Promise<Found<T>> {
    const found = await this.reader.get(path, query, envelopeSchema);
    if (!found.ok) return found;
    const { errno, code, result } = found.value;
    const fault = errno ?? code ?? 0;
    if (fault === NO_SUCH_MARKET) return failure('MARKET_NOT_FOUND');
    if (BAD_KEY.has(fault)) return this.reader.refused();
    const parsed = fault === 0 ? schema.safeParse(result) : undefined;
    return parsed?.success
      ? { ok: true, value: parsed.data }
      : failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
  }

  async ping(): Promise<Failure | undefined> {
    const answer = await this.get(OPINION_PROBE.path, {}, z.unknown());
    return answer.ok ? undefined : answer;
  }
}
