import type { ObjectEnv } from '../bindings.ts';

/** How a desk's relay is reached: it dialled in, or takes requests. */
export type RelayWay = 'dialled' | 'http';

/** Of a tenant's desk, by the deployment's settings (docs/exchange.md); undefined where it has no relay. */
export function relayWay(env: ObjectEnv, tenant: string): RelayWay | undefined {
  if (env.RELAY_EDGE_KEY === undefined) return undefined;
  if (dialsIn(env, tenant)) return 'dialled';
  return env.RELAY_URL !== '' || env.RELAY !== undefined ? 'http' : undefined;
}

/** `RELAY_DIAL`: `*`, or ids of tenants with commas between them. */
function dialsIn({ RELAY_DIAL }: ObjectEnv, tenant: string): boolean {
  if (RELAY_DIAL === '') return false;
  return RELAY_DIAL === '*' || RELAY_DIAL.split(',').some((one) => one.trim() === tenant);
}
