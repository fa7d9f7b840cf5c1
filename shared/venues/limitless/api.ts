import { DataVenueReader, type DataOnlySettings } from '../data-only/reader.ts';
import type { Probe, VenueEndpoint } from '../http/endpoint.ts';
import { ValueCache } from '../../value-cache.ts';
import type { Known } from './known-market.ts';

/** A small answer that needs no key. */
export const LIMITLESS_PROBE: Probe = { path: '/markets/categories/count', time: 'date' };

/** A market that closes is noticed within this time. */
const MARKET_TTL_MS = 5_000;
const CACHE_ENTRIES = 2_000;

// What the venue says to everybody is shared by the whole isolate.
const markets = new ValueCache<Known>(CACHE_ENTRIES, MARKET_TTL_MS);

export class LimitlessApi {
  readonly reader: DataVenueReader;
  readonly markets = markets;

  constructor({ url }: DataOnlySettings, line?: VenueEndpoint) {
    this.reader = new DataVenueReader({ url, venue: 'limitless', probe: LIMITLESS_PROBE, endpoint: line });
  }
}
