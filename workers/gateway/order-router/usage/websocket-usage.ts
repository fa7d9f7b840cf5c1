import { MAX_MARKETS } from '../../../../shared/websockets/socket-handover.ts';
import { MAX_DEPTH } from '../../../../shared/websockets/book-view.ts';
import { socketHub } from '../../../../durable-objects/rpc/stubs.ts';
import { tiers, type Tier } from '../../../../shared/limits/tiers.ts';
import type { Env } from '../../env.ts';
import { hubNames } from '../../sockets/hub-socket.ts';
import type { HubUsage, SocketCounters } from '../../../../durable-objects/socket-hub/api.ts';

export interface WebsocketTotals extends Readonly<SocketCounters> {
  readonly active_connections: number;
  readonly active_subscriptions: number;
}

/** What an account does on `/ws`, over all of its keys (contract: router, `GET /ws/usage`). */
export interface WebsocketUsage {
  readonly totals: WebsocketTotals;
  /** Most followed first. */
  readonly markets: readonly { readonly parsec_id: string; readonly subscriptions_total: number }[];
}

/** Most subscriptions over all connections of a key, and most levels of a side. */
export const websocketLimits = (tier: Tier) => ({
  subscriptions: tiers[tier].maxWsConnections * MAX_MARKETS,
  depth: MAX_DEPTH,
});

/** Asks every hub: only they know what is open now. Rejects when one of them does not answer. */
export async function websocketUsage(env: Env, account: string): Promise<WebsocketUsage> {
  const usages = await Promise.all(hubNames.map((hub) => socketHub(env, hub).usage(account)));
  const sum = (of: (usage: HubUsage) => number): number =>
    usages.reduce((total, usage) => total + of(usage), 0);
  const counted = (name: keyof SocketCounters): number => sum(({ counters }) => counters[name]);
  const followed = new Map<string, number>();
  for (const parsecId of usages.flatMap(({ subscriptions }) => subscriptions)) {
    followed.set(parsecId, (followed.get(parsecId) ?? 0) + 1);
  }
  return {
    totals: {
      active_connections: sum(({ connections }) => connections),
      active_subscriptions: sum(({ subscriptions }) => subscriptions.length),
      connections_opened_total: counted('connections_opened_total'),
      connections_closed_total: counted('connections_closed_total'),
      auth_failures_total: counted('auth_failures_total'),
      subscribe_requests_total: counted('subscribe_requests_total'),
      unsubscribe_requests_total: counted('unsubscribe_requests_total'),
      messages_sent_total: counted('messages_sent_total'),
      bytes_sent_total: counted('bytes_sent_total'),
    },
    markets: [...followed]
      .map(([parsec_id, subscriptions_total]) => ({ parsec_id, subscriptions_total }))
      .toSorted((a, b) => b.subscriptions_total - a.subscriptions_total),
  };
}
