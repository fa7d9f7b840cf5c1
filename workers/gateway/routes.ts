import { escrowRoutes } from './admin/escrow.ts';
import { settingsRoutes } from './admin/settings.ts';
import { partnerSettingsRoutes } from './admin/partners.ts';
import { tenantRoutes } from './admin/tenants.ts';
import { vaultRoutes } from './admin/vault.ts';
import { accountRoutes } from './account/routes.ts';
import { agentsRoutes } from './agents/routes.ts';
import { l1Routes } from './clob/l1-keys.ts';
import { marketDataRoutes } from './clob/market-data/market-data.ts';
import { allowanceRoutes } from './clob/reads/balance-allowance.ts';
import { cancelRoutes } from './clob/cancels/cancel-orders.ts';
import { clobOrderRoutes } from './clob/orders/clob-order.ts';
import { nativeReadRoutes } from './clob/reads/native-orders.ts';
import { heartbeatRoutes } from './clob/cancels/heartbeats.ts';
import { arrayRoutes } from './clob/orders/post-orders.ts';
import { orderRoutes } from './clob/orders/post-order.ts';
import { readRoutes } from './clob/reads/data-reads.ts';
import { serviceRoutes } from './clob/service.ts';
import { institutionalCommandRoutes } from './institutional/command-routes.ts';
import { institutionalLookupRoutes } from './institutional/lookup-routes.ts';
import { relayRoutes } from './institutional/relay-routes.ts';
import { institutionalStreamRoutes } from './institutional/stream-routes.ts';
import { subscriptionRoutes } from './institutional/subscription-routes.ts';
import { institutionalAuthRoutes } from './institutional/auth-routes.ts';
import { forTraders, type AnyRoute } from './http/route.ts';
import { betaRoutes } from './keys/cohort-status.ts';
import { keyRoutes } from './keys/api-keys.ts';
import { wsTokenRoutes } from './keys/ws-token.ts';
import { partnerRoutes } from './partner/routes.ts';
import { orderRouterRoutes } from './order-router/routes.ts';
import { traderRoutes } from './trader/routes.ts';
import { wsRoutes } from './ws/routes.ts';

/** Every route of the gateway: what serves them, what documents them and what fuzzes them read this list. */
export const routes: readonly AnyRoute[] = [
  ...serviceRoutes,
  ...l1Routes,
  ...forTraders(orderRoutes),
  ...forTraders(arrayRoutes),
  ...forTraders(heartbeatRoutes),
  ...forTraders(clobOrderRoutes),
  ...forTraders(nativeReadRoutes),
  ...forTraders(cancelRoutes),
  ...forTraders(readRoutes),
  ...allowanceRoutes,
  ...accountRoutes,
  ...marketDataRoutes,
  ...keyRoutes,
  ...wsTokenRoutes,
  ...wsRoutes,
  ...betaRoutes,
  ...orderRouterRoutes,
  ...partnerRoutes,
  ...traderRoutes,
  ...agentsRoutes,
  ...institutionalAuthRoutes,
  ...institutionalCommandRoutes,
  ...institutionalLookupRoutes,
  ...institutionalStreamRoutes,
  ...relayRoutes,
  ...subscriptionRoutes,
  ...tenantRoutes,
  ...escrowRoutes,
  ...partnerSettingsRoutes,
  ...settingsRoutes,
  ...vaultRoutes,
];
