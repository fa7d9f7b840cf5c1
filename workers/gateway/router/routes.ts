import type { AnyRoute } from '../http/route.ts';
import { balance } from './balance.ts';
import { holdingRoutes } from './holdings.ts';
import { orderRoutes } from './orders.ts';
import { ctfRoutes } from './ctf.ts';
import { builderEscrowRoutes } from './builder-escrow.ts';
import { builderPoolRoutes } from './builder-pool.ts';
import { builderSignRoutes } from './builder-sign.ts';
import { builderUserRoutes } from './builder-users.ts';
import { routerMarketDataRoutes } from './market-data/routes.ts';
import { onboardRoutes } from './onboard.ts';
import { ping } from './ping.ts';
import { usageRoutes } from './usage.ts';
import { walletRoutes } from './wallet.ts';

/** `/api/v1`: the order router and its builders (contract: router). */
export const orderRouterRoutes: readonly AnyRoute[] = [
  ...onboardRoutes,
  ...walletRoutes,
  ping,
  ...orderRoutes,
  ...holdingRoutes,
  ...ctfRoutes,
  balance,
  ...routerMarketDataRoutes,
  ...usageRoutes,
  ...builderUserRoutes,
  ...builderPoolRoutes,
  ...builderEscrowRoutes,
  ...builderSignRoutes,
];
