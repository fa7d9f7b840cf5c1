/** Names of the venues on the wire of `/api/v1` (contract: router, "Routes"). */
export const exchanges = ['polymarket', 'kalshi', 'limitless', 'opinion', 'predictfun', 'paper'] as const;
export type Exchange = (typeof exchanges)[number];

export const isExchange = (name: string): name is Exchange => exchanges.some((known) => known === name);

/** Venues where orders of real money execute. */
export const liveVenues = ['polymarket', 'kalshi'] as const satisfies readonly Exchange[];
export type LiveVenue = (typeof liveVenues)[number];

export const isLive = (exchange: Exchange): exchange is LiveVenue =>
  liveVenues.some((live) => live === exchange);
