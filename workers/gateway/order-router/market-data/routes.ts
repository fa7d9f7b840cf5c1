import type { AnyRoute } from '../../http/route.ts';
import { events } from './listings/events.ts';
import { exchangesRoute } from './listings/exchanges.ts';
import { executionPriceRoute } from './quotes/execution-price.ts';
import { markets } from './listings/markets.ts';
import { orderbook } from './quotes/orderbook.ts';
import { price } from './quotes/price.ts';
import { trades } from './quotes/trades.ts';
import { userActivity } from './listings/user-activity.ts';

/** What exchanges tell everybody (contract: router, "Market data"). No account is asked, so no customer need be named. */
export const routerMarketDataRoutes: readonly AnyRoute[] = [
  exchangesRoute,
  markets,
  events,
  orderbook,
  executionPriceRoute,
  price,
  trades,
  userActivity,
];
