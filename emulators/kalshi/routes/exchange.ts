import { json, route, type Route } from '../http/route.ts';
import { EXCHANGE_INDEX } from '../orders/views.ts';

export const exchangeRoutes: readonly Route[] = [
  route('GET', '/exchange/status', (venue) => {
    const status = {
      exchange_active: true,
      trading_active: venue.tradingActive,
      intra_exchange_transfers_active: true,
    };
    const shard = { exchange_index: EXCHANGE_INDEX, description: 'default', ...status };
    return json({ ...status, exchange_index_statuses: [shard] });
  }),
];
