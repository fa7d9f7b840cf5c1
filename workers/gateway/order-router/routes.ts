import type { AnyRoute } from '../http/route.ts';
import { balance } from './wallet/balance.ts';
import { holdingRoutes } from './wallet/holdings.ts';
import { orderRoutes } from './orders/orders.ts';
import { ctfRoutes } from './wallet/ctf.ts';
import { builderEscrowRoutes } from './builders/fee-escrow.ts';
import { builderPoolRoutes } from './builders/request-pool.ts';
import { builderSignRoutes } from './builders/builder-key.ts';
import { builderUserRoutes } from './builders/customers.ts';
import { routerMarketDataRoutes } from './market-data/routes.ts';
import { onboardRoutes } from './onboarding/onboard.ts';
import { ping } from './onboarding/ping.ts';
import { usageRoutes } from './usage/usage.ts';
import { walletRoutes } from './wallet/wallet.ts';

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
