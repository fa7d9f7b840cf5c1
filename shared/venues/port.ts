import type { DataVenue } from './port/data-venue.ts';
import type { TradingVenue } from './port/trading-venue.ts';

/** A venue that trades. Data-only venues are a `DataVenue` alone. */
export type Venue<S> = DataVenue & TradingVenue<S>;

export { priceIntervals } from './port/data-venue.ts';
export type * from './port/data-venue.ts';
export type * from './port/market-data.ts';
export type * from './port/order-terms.ts';
export type * from './port/trading-venue.ts';
