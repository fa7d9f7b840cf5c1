import type { AnyRoute } from '../http/route.ts';
import { balance } from './balance.ts';
import { builderPoolRoutes } from './builder-pool.ts';
import { builderUserRoutes } from './builder-users.ts';

/** `/api/v1`: the order router and its builders (contract: router). */
export const routerRoutes: readonly AnyRoute[] = [balance, ...builderUserRoutes, ...builderPoolRoutes];
