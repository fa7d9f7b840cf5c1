import type * as z from 'zod';
import { failure, type Failure } from '../../errors/failure.ts';
import type { Micro } from '../../money/fixed.ts';
import { endpointFor, type Probe, type VenueEndpoint } from '../http/endpoint.ts';
import type { Level, VenueResult } from '../port.ts';
import type { KalshiSigner, SignedHeaders } from '../port/signer.ts';
import { signerRefused, authenticationRefused } from '../trading/signer-failures.ts';
import { ValueCache } from '../../value-cache.ts';

export interface KalshiSettings {
  /** With `/trade-api/v2`, without a trailing slash. */
  readonly url: string;
}

/** The venue has no route that tells the time; its answers have a date. */
export const KALSHI_PROBE: Probe = { path: '/exchange/status', time: 'date' };

/** What placing an order needs to know of a market. */
export interface KalshiTerms {
  readonly tick: Micro;
  readonly open: boolean;
  readonly eventTicker: string;
}

/** A book as the venue tells it: bids of both outcomes. `at`: when, Unix ms. */
export interface KalshiBids {
  readonly yes: readonly Level[];
  readonly no: readonly Level[];
  readonly at: number;
}

/** As old as a quote may be everywhere (decision 4). */
const BIDS_TTL_MS = 250;
/** A market that closes is noticed within this time. */
const TERMS_TTL_MS = 5_000;
const CACHE_ENTRIES = 2_000;

// One isolate serves many accounts; what the venue says to everybody is shared among them.
const terms = new ValueCache<KalshiTerms>(CACHE_ENTRIES, TERMS_TTL_MS);
const bids = new ValueCache<KalshiBids>(CACHE_ENTRIES, BIDS_TTL_MS);
const series = new ValueCache<string>(CACHE_ENTRIES, Number.POSITIVE_INFINITY);

/** The venue's one API, as the parts of the adapter share it. */
export class KalshiApi {
  readonly endpoint: VenueEndpoint;
  readonly terms = terms;
  readonly series = series;
  readonly bids = bids;

  constructor({ url }: KalshiSettings, line: VenueEndpoint = endpointFor(url, KALSHI_PROBE)) {
    this.endpoint = line;
  }

  /** `missing` is what a 404 of this path means. */
  async get<T>(
    path: string,
    query: URLSearchParams,
    schema: z.ZodType<T>,
    missing: Failure = failure('MARKET_NOT_FOUND'),
  ): Promise<{ readonly ok: true; readonly value: T } | Failure> {
    const answer = await this.endpoint.read(`${path}${searchOf(query)}`);
    if (!answer.ok) return answer;
    if (answer.status === 404) return missing;
    // Our own parameters are sound: what it refuses is the cursor that the caller brought.
    if (answer.status === 400 && query.has('cursor')) return failure('INVALID_CURSOR');
    return read(answer, schema);
  }

  async signed<T>(
    signer: KalshiSigner,
    path: string,
    query: URLSearchParams,
    schema: z.ZodType<T>,
    missing: Failure = failure('ORDER_NOT_FOUND'),
  ): Promise<VenueResult<T>> {
    const headers = await this.headers(signer, 'GET', path);
    if (!headers.ok) return signerRefused(headers);
    const answer = await this.endpoint.read(`${path}${searchOf(query)}`, { headers: { ...headers.headers } });
    if (!answer.ok) return answer;
    if (answer.status === 401 || answer.status === 403)
      return authenticationRefused('Kalshi does not accept the key');
    if (answer.status === 404) return missing;
    return read(answer, schema);
  }

  /** Signs the whole pathname, the base path included. */
  async headers(signer: KalshiSigner, method: string, path: string): Promise<SignedHeaders> {
    const timestampMs = Math.floor(await this.endpoint.venueTime());
    const { pathname } = new URL(`${this.endpoint.baseUrl}${path}`);
    return signer.kalshiHeaders({ method, path: pathname, timestampMs });
  }
}

const searchOf = (query: URLSearchParams): string => (query.size > 0 ? `?${query.toString()}` : '');

function read<T>(
  { status, body }: { readonly status: number; readonly body: unknown },
  schema: z.ZodType<T>,
): { readonly ok: true; readonly value: T } | Failure {
  const parsed = schema.safeParse(body);
  return status === 200 && parsed.success
    ? { ok: true, value: parsed.data }
    : failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
}
