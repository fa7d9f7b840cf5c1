import { absentVenue } from './absent-venue.ts';
import type { DataVenue } from './port/data-venue.ts';
import type { VenueName } from './venue-names.ts';
import { KalshiVenue } from './kalshi/venue.ts';
import { LimitlessVenue } from './limitless/venue.ts';
import { OpinionVenue } from './opinion/venue.ts';
import { paperVenue } from './paper/venue.ts';
import { PolymarketVenue } from './polymarket/venue.ts';
import { PredictFunVenue } from './predictfun/venue.ts';

/** Where the venues are, under the names of the deployment's settings: the gateway's bindings fit. */
export interface VenueUrls {
  readonly POLYMARKET_CLOB_URL: string;
  readonly POLYMARKET_GAMMA_URL: string;
  readonly POLYMARKET_DATA_URL: string;
  readonly KALSHI_URL: string;
  readonly LIMITLESS_URL: string;
  readonly OPINION_URL: string;
  readonly PREDICTFUN_URL: string;
  /** Secrets that a deployment may have: the gateway's own keys. Without one Opinion serves fewer requests. */
  readonly OPINION_API_KEY?: string | undefined;
  /** Without one Predict.fun serves nobody. */
  readonly PREDICTFUN_API_KEY?: string | undefined;
  /** Chain id of the wallets, in digits. */
  readonly L1_CHAIN_ID: string;
}

const polymarket = (urls: VenueUrls): DataVenue =>
  new PolymarketVenue({
    clobUrl: urls.POLYMARKET_CLOB_URL,
    gammaUrl: urls.POLYMARKET_GAMMA_URL,
    dataUrl: urls.POLYMARKET_DATA_URL,
    chainId: Number(urls.L1_CHAIN_ID),
  });

const makers: Readonly<Record<VenueName, (urls: VenueUrls) => DataVenue>> = {
  polymarket,
  kalshi: (urls) => new KalshiVenue({ url: urls.KALSHI_URL }),
  limitless: (urls) => new LimitlessVenue({ url: urls.LIMITLESS_URL }),
  opinion: (urls) => new OpinionVenue({ url: urls.OPINION_URL, apiKey: urls.OPINION_API_KEY }),
  // A listing of all exchanges would ask it again on every page for what it never tells.
  predictfun: ({ PREDICTFUN_URL: url, PREDICTFUN_API_KEY: apiKey }) =>
    apiKey
      ? new PredictFunVenue({ url, apiKey })
      : absentVenue('predictfun', 'Predict.fun', 'here: this gateway has no PREDICTFUN_API_KEY'),
  paper: (urls) => paperVenue(polymarket(urls)),
};

/** The data half of every exchange. Cheap to make: what a venue has told is kept by the isolate, not by the object. */
export const dataVenue = (exchange: VenueName, urls: VenueUrls): DataVenue => makers[exchange](urls);
