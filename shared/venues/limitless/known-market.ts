import type { ListedMarket } from '../port.ts';

/** What is kept of a market: as it is listed, and whether it has a book. */
export interface Known {
  readonly listed: ListedMarket;
  readonly pool: boolean;
}
