import type { AnyRoute } from '../http/route.ts';
import { accountRoutes } from './accounts.ts';
import { equityRoutes } from './equity.ts';
import { redemptions } from './redemptions.ts';
import { trades } from './trades.ts';
import { userRoutes } from './users.ts';

/** `/v1/partner`: a prop firm's backend (contract: partner). */
export const partnerRoutes: readonly AnyRoute[] = [
  ...userRoutes,
  ...accountRoutes,
  trades,
  redemptions,
  ...equityRoutes,
];
