import type { Micro } from '../../money/fixed.ts';
import { DataVenueReader, type DataOnlySettings } from '../data-only/reader.ts';
import type { Probe, VenueEndpoint } from '../http/endpoint.ts';
import type { ListedMarket, OutcomeBook } from '../port.ts';
import { ValueCache } from '../../value-cache.ts';

/** A short list. */
export const PREDICTFUN_PROBE: Probe = { path: '/tags', time: 'date' };

/** Polled no more often than this (contract: venues, "Data only"). */
const BOOK_TTL_MS = 3_000;
/** A market that closes is noticed within this time. */
const MARKET_TTL_MS = 5_000;
const CACHE_ENTRIES = 2_000;

/** What is kept of a market: as it is listed, and its taker fee. */
export interface Known {
  readonly listed: ListedMarket;
  readonly feeRate: Micro | undefined;
}

// What the venue says to everybody is shared by the whole isolate.
const markets = new ValueCache<Known>(CACHE_ENTRIES, MARKET_TTL_MS);
const books = new ValueCache<Pick<OutcomeBook, 'bids' | 'asks' | 'at'>>(CACHE_ENTRIES, BOOK_TTL_MS);

export class PredictFunApi {
  readonly reader: DataVenueReader;
  readonly markets = markets;
  readonly books = books;

  constructor({ url, apiKey }: DataOnlySettings, line?: VenueEndpoint) {
    this.reader = new DataVenueReader({
      url,
      apiKey,
      venue: 'predictfun',
      probe: PREDICTFUN_PROBE,
      keyHeader: 'x-api-key',
      keySetting: 'PREDICTFUN_API_KEY',
      endpoint: line,
    });
  }
}
