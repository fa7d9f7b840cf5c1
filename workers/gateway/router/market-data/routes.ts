import type { AnyRoute } from '../../http/route.ts';
import { events } from './events.ts';
import { exchangesRoute } from './exchanges.ts';
import { executionPriceRoute } from './execution-price.ts';
import { markets } from './markets.ts';
import { orderbook } from './orderbook.ts';
import { price } from './price.ts';
import { trades } from './trades.ts';
import { userActivity } from './user-activity.ts';

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
