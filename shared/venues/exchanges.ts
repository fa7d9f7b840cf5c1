/** Names of the venues on the wire of `/api/v1` (contract: router, "Routes"). */
export const exchanges = ['polymarket', 'kalshi', 'limitless', 'opinion', 'predictfun', 'paper'] as const;
export type Exchange = (typeof exchanges)[number];

export const isExchange = (name: string): name is Exchange => exchanges.some((known) => known === name);

/** Venues that `/v1` trades on; the first is where an account trades that has chosen none (contract: clob). */
export const tradedVenues = ['paper', 'polymarket'] as const satisfies readonly Exchange[];
export type TradedVenue = (typeof tradedVenues)[number];

/** Venues where orders of real money execute. */
export const liveVenues = ['polymarket', 'kalshi'] as const satisfies readonly Exchange[];
export type LiveVenue = (typeof liveVenues)[number];

export const isLive = (exchange: Exchange): exchange is LiveVenue =>
  liveVenues.some((live) => live === exchange);
