import { unsupported, type Has } from './port/capabilities.ts';
import type { DataVenue } from './port/data-venue.ts';
import type { VenueName } from './venue-names.ts';

const nothing: Has = {
  fetch_markets: false,
  create_order: false,
  cancel_order: false,
  fetch_positions: false,
  fetch_balance: false,
  fetch_orderbook: false,
  fetch_price_history: false,
  fetch_trades: false,
  fetch_events: false,
  fetch_user_activity: false,
  refresh_balance: false,
  websocket: false,
  fetch_orderbook_history: false,
  fetch_fills: false,
  fetch_order_history: false,
  watch_address: false,
};

/**
 * A venue that is known by name alone: it says that it has nothing, and answers everything with NOT_SUPPORTED. `why`
 * ends the sentence that tells so.
 */
export function absentVenue(venue: VenueName, name: string, why: string): DataVenue {
  const refuse = (what: string) => () => Promise.resolve(unsupported(venue, `${what} ${why}`));
  return {
    capabilities: {
      venue,
      name,
      has: nothing,
      orderTypes: [],
      postOnly: false,
      onboarding: [],
      dedupe: null,
      absenceHoldsAfterMs: 0,
    },
    markets: refuse('markets'),
    events: refuse('events'),
    market: refuse('markets'),
    book: refuse('order books'),
    trades: refuse('trades'),
    prices: refuse('price history'),
    fee: refuse('fees'),
    userActivity: refuse('the activity of an address'),
    ping: refuse('ping'),
  };
}
