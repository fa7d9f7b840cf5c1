import { unsupported } from '../port/capabilities.ts';
import type { DataVenue } from '../port/data-venue.ts';
import { paperCapabilities } from './capabilities.ts';
import { paperFee } from './fee-curve.ts';

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
    async fee(marketId) {
      const curve = await source.fee(marketId);
      return curve.ok ? { ok: true, value: paperFee(curve.value) } : curve;
    },
    userActivity: () => Promise.resolve(unsupported('paper', 'the activity of an address')),
    ping: () => source.ping(),
  };
}
