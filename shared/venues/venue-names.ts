/** Names of the venues on the wire of `/api/v1` (contract: router, "Routes"). */
export const venueNames = ['polymarket', 'kalshi', 'limitless', 'opinion', 'predictfun', 'paper'] as const;
export type VenueName = (typeof venueNames)[number];

export const isVenueName = (name: string): name is VenueName => venueNames.some((known) => known === name);

/** Venues that `/v1` trades on; the first is where an account trades that has chosen none (contract: clob). */
export const tradedVenues = ['paper', 'polymarket'] as const satisfies readonly VenueName[];
export type TradedVenue = (typeof tradedVenues)[number];

/** Venues where orders of real money execute. */
export const liveVenues = ['polymarket', 'kalshi'] as const satisfies readonly VenueName[];
export type LiveVenue = (typeof liveVenues)[number];

export const isLiveVenue = (exchange: VenueName): exchange is LiveVenue =>
  liveVenues.some((live) => live === exchange);
