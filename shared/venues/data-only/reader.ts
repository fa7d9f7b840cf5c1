import * as z from 'zod';
import { failure, type Failure } from '../../errors/failure.ts';
import { endpointFor, type Probe, type VenueEndpoint } from '../http/endpoint.ts';
import type { Found } from '../port.ts';

/** A venue that is only read. */
export interface DataOnlySettings {
  /** Without a trailing slash. */
  readonly url: string;
  /** The gateway's own key for the venue, where it wants or rewards one. Goes out as a header and nowhere else. */
  readonly apiKey?: string | undefined;
}

export interface DataVenueReaderOptions extends DataOnlySettings {
  /** As callers know it. */
  readonly venue: string;
  readonly probe: Probe;
  /** The header that carries the key. */
  readonly keyHeader?: string;
  /** The deployment's setting that holds the key. */
  readonly keySetting?: string;
  readonly endpoint?: VenueEndpoint | undefined;
}

/** A key that the venue refuses stays refused until somebody changes the setting. Seconds. */
const REFUSED_RETRY_AFTER = 60;

/** Reads of a data-only venue: one place for its key, its refusals and what makes no sense. */
export class DataVenueReader {
  readonly venue: string;
  readonly endpoint: VenueEndpoint;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #keySetting: string | undefined;
  readonly #probePath: string;

  constructor({ url, apiKey, venue, probe, keyHeader, keySetting, endpoint }: DataVenueReaderOptions) {
    this.venue = venue;
    this.endpoint = endpoint ?? endpointFor(url, probe);
    this.#headers = keyHeader !== undefined && apiKey ? { [keyHeader]: apiKey } : {};
    this.#keySetting = keySetting;
    this.#probePath = probe.path;
  }

  /** `missing` is what a 404 of this path means. */
  async get<T>(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    schema: z.ZodType<T>,
    missing: Failure = failure('MARKET_NOT_FOUND'),
  ): Promise<Found<T>> {
    const answer = await this.endpoint.read(`${path}${searchOf(query)}`, { headers: this.#headers });
    if (!answer.ok) return answer;
    if (answer.status === 404) return missing;
    if (answer.status === 401 || answer.status === 403) return this.refused();
    const parsed = answer.status === 200 ? schema.safeParse(answer.body) : undefined;
    return parsed?.success
      ? { ok: true, value: parsed.data }
      : failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
  }

  /** Whether the venue answers, and believes the key. Undefined is yes. */
  async ping(): Promise<Failure | undefined> {
    const answer = await this.get(this.#probePath, {}, z.unknown());
    return answer.ok ? undefined : answer;
  }

  /** The venue does not serve this gateway: nothing that a caller can change. */
  refused(): Failure {
    const key = this.#keySetting === undefined ? 'its requests' : `its API key (setting ${this.#keySetting})`;
    return failure('VENUE_UNAVAILABLE', {
      message: `${this.venue} refuses this gateway: it does not accept ${key}`,
      retryAfter: REFUSED_RETRY_AFTER,
    });
  }
}

function searchOf(query: Readonly<Record<string, string | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value);
  return search.size > 0 ? `?${search.toString()}` : '';
}
