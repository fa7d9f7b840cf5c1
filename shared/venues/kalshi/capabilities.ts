import type { Capabilities } from '../port/capabilities.ts';

/**
 * What the adapter does (contract: router, "Routes"). The venue would take `fok` and an expiration as well; the
 * contract's table leaves them out.
 */
export const kalshiCapabilities: Capabilities = {
  venue: 'kalshi',
  name: 'Kalshi',
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
    fetch_user_activity: false,
    refresh_balance: false,
    // Polled: docs/decisions/0018.
    websocket: true,
    fetch_orderbook_history: false,
    fetch_fills: true,
    fetch_order_history: true,
    watch_address: false,
  },
  orderTypes: ['gtc', 'ioc'],
  postOnly: true,
  onboarding: ['self'],
  dedupe: 'client-order-id',
  // Its signatures are taken for some 20 s; its reads may lag behind its writes.
  absenceHoldsAfterMs: 60_000,
};
