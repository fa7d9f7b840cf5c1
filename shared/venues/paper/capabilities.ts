import type { Capabilities } from '../port/capabilities.ts';

/**
 * Paper as one more exchange: its accounts are ours and its market data is Polymarket's. An address has no paper
 * activity, and a paper account's balance is never stale.
 */
export const paperCapabilities: Capabilities = {
  venue: 'paper',
  name: 'Paper',
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
    websocket: true,
    fetch_orderbook_history: false,
    fetch_fills: true,
    fetch_order_history: true,
    watch_address: false,
  },
  orderTypes: ['gtc', 'ioc', 'fok', 'gtd'],
  postOnly: true,
  onboarding: [],
  dedupe: 'client-order-id',
  // Placed and recorded in one transaction: what is absent was never placed.
  absenceHoldsAfterMs: 0,
};
