import { unsupported } from '../capabilities.ts';
import type { DataVenue } from '../data-port.ts';
import { paperCapabilities } from './capabilities.ts';

/** Paper's data half: the markets that it is traded on, under its own name. */
export function paperVenue(source: DataVenue): DataVenue {
  return {
    capabilities: paperCapabilities,
    markets: (query) => source.markets(query),
    events: (query) => source.events(query),
    market: (id) => source.market(id),
    book: (query) => source.book(query),
    trades: (query) => source.trades(query),
    prices: (query) => source.prices(query),
    fee: (marketId) => source.fee(marketId),
    userActivity: () => Promise.resolve(unsupported('paper', 'the activity of an address')),
    ping: () => source.ping(),
  };
}
