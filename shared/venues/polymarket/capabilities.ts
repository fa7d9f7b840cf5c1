import type { Capabilities } from '../port/capabilities.ts';

/**
 * A GTD order that is stated to expire sooner is refused by the venue, which ends each a minute before what is stated
 * (polymarket-today 6, "GTD").
 */
export const MIN_GTD_MS = 180_000;

/**
 * What the adapter does, which a test compares with what the venue's emulator takes. `ioc` is the venue's FAK. Orders
 * that have ended are not listed by the venue, only found by their hash.
 */
export const polymarketCapabilities: Capabilities = {
  venue: 'polymarket',
  name: 'Polymarket',
  has: {
    fetch_markets: true,
    create_order: true,
    cancel_order: true,
    fetch_positions: true,
    fetch_balance: true,
    fetch_orderbook: true,
    fetch_price_history: true,
    fetch_trades: true,
    fetch_events: true,
    fetch_user_activity: true,
    refresh_balance: false,
    websocket: true,
    fetch_orderbook_history: false,
    fetch_fills: true,
    fetch_order_history: false,
    watch_address: false,
  },
  orderTypes: ['gtc', 'ioc', 'fok', 'gtd'],
  postOnly: true,
  onboarding: ['managed', 'self'],
  dedupe: 'order-hash',
  budgets: true,
  minExpirationMs: MIN_GTD_MS,
  // Its signatures are taken for a minute.
  absenceHoldsAfterMs: 60_000,
};
