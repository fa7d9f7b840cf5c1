import { socketHub } from '../../../durable-objects/stubs.ts';
import type { SocketCounters } from '../../../durable-objects/socket-hub/usage-book.ts';
import type { HubUsage } from '../../../durable-objects/socket-hub/router-clients.ts';
import type { Env } from '../env.ts';
import { hubNames } from './connect.ts';

/** What an account does on `/ws`, over all hubs (contract: router, `GET /ws/usage`). */
export interface SocketUsage {
  readonly totals: SocketCounters & {
    readonly active_connections: number;
    readonly active_subscriptions: number;
  };
  /** Most followed first. */
  readonly top_markets: readonly { readonly parsec_id: string; readonly subscriptions_total: number }[];
}

/** Asks every hub: only they know what is open now. Rejects when one of them does not answer. */
export async function socketUsage(env: Env, account: string): Promise<SocketUsage> {
  const usages = await Promise.all(hubNames.map((hub) => socketHub(env, hub).usage(account)));
  const sum = (of: (usage: HubUsage) => number): number => usages.reduce((total, usage) => total + of(usage), 0);
  const counted = (name: keyof SocketCounters): number => sum(({ counters }) => counters[name]);
  const markets = new Map<string, number>();
  for (const parsecId of usages.flatMap(({ subscriptions }) => subscriptions)) {
    markets.set(parsecId, (markets.get(parsecId) ?? 0) + 1);
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
    top_markets: [...markets]
      .map(([parsec_id, subscriptions_total]) => ({ parsec_id, subscriptions_total }))
      .toSorted((a, b) => b.subscriptions_total - a.subscriptions_total),
  };
}
