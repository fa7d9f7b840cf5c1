import type { AnyRoute } from '../http/route.ts';
import { balance } from './balance.ts';
import { builderPoolRoutes } from './builder-pool.ts';
import { builderSignRoutes } from './builder-sign.ts';
import { builderUserRoutes } from './builder-users.ts';
import { onboardRoutes } from './onboard.ts';
import { ping } from './ping.ts';
import { walletRoutes } from './wallet.ts';

/** `/api/v1`: the order router and its builders (contract: router). */
export const routerRoutes: readonly AnyRoute[] = [
  ...onboardRoutes,
  ...walletRoutes,
  ping,
  balance,
  ...builderUserRoutes,
  ...builderPoolRoutes,
  ...builderSignRoutes,
];
