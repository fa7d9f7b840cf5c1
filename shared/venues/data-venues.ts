import { absentVenue } from './absent.ts';
import type { DataVenue } from './data-port.ts';
import type { Exchange } from './exchanges.ts';
import { KalshiVenue } from './kalshi/venue.ts';
import { paperVenue } from './paper/venue.ts';
import { PolymarketVenue } from './polymarket/venue.ts';

/** Where the venues are, under the names of the deployment's settings: the gateway's bindings fit. */
export interface VenueUrls {
  readonly POLYMARKET_CLOB_URL: string;
  readonly POLYMARKET_GAMMA_URL: string;
  readonly POLYMARKET_DATA_URL: string;
  readonly KALSHI_URL: string;
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

const makers: Readonly<Record<Exchange, (urls: VenueUrls) => DataVenue>> = {
  polymarket,
  kalshi: (urls) => new KalshiVenue({ url: urls.KALSHI_URL }),
  limitless: () => absentVenue('limitless', 'Limitless'),
  opinion: () => absentVenue('opinion', 'Opinion'),
  predictfun: () => absentVenue('predictfun', 'Predict.fun'),
  paper: (urls) => paperVenue(polymarket(urls)),
};

/** The data half of every exchange. Cheap to make: what a venue has told is kept by the isolate, not by the object. */
export const dataVenue = (exchange: Exchange, urls: VenueUrls): DataVenue => makers[exchange](urls);
