import type { Capabilities, Has } from '../port/capabilities.ts';
import type { VenueName } from '../venue-names.ts';

/** What a data-only venue has not: anything that trades. */
const readable: Has = {
  fetch_markets: true,
  create_order: false,
  cancel_order: false,
  fetch_positions: false,
  fetch_balance: false,
  fetch_orderbook: true,
  fetch_price_history: true,
  fetch_trades: true,
  fetch_events: true,
  fetch_user_activity: true,
  refresh_balance: false,
  // Polled: docs/decisions/0018.
  websocket: true,
  fetch_orderbook_history: false,
  fetch_fills: false,
  fetch_order_history: false,
  watch_address: false,
};

/** The capabilities of a data-only venue; `has` is where it differs (contract: router, "Routes"). */
export const dataOnlyCapabilities = (
  venue: VenueName,
  name: string,
  has: Partial<Has> = {},
): Capabilities => ({
  venue,
  name,
  has: { ...readable, ...has },
  orderTypes: [],
  postOnly: false,
  onboarding: [],
  dedupe: null,
  // Nothing is ever sent.
  absenceHoldsAfterMs: 0,
});
