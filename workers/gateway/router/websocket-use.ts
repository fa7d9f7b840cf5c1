/**
 * What `/ws` lets a connection do and has counted: the one place where the routes that tell of use ask it. Until that
 * channel counts for itself, all that is known is how many sockets a key holds, over all channels.
 */
export interface WebsocketTotals {
  readonly active_connections: number;
  readonly active_subscriptions: number;
  readonly connections_opened_total: number;
  readonly connections_closed_total: number;
  readonly auth_failures_total: number;
  readonly subscribe_requests_total: number;
  readonly unsubscribe_requests_total: number;
  readonly messages_sent_total: number;
  readonly bytes_sent_total: number;
}

export interface WebsocketUse {
  readonly totals: WebsocketTotals;
  /** Most followed first. */
  readonly markets: readonly { readonly parsec_id: string; readonly subscriptions_total: number }[];
}

/** Subscriptions over all connections (0: no limit) and levels of a side, the most of `/ws`. */
export const websocketLimits = { subscriptions: 0, depth: 100 } as const;

export const websocketUse = (sockets: number): WebsocketUse => ({
  totals: {
    active_connections: sockets,
    active_subscriptions: 0,
    connections_opened_total: 0,
    connections_closed_total: 0,
    auth_failures_total: 0,
    subscribe_requests_total: 0,
    unsubscribe_requests_total: 0,
    messages_sent_total: 0,
    bytes_sent_total: 0,
  },
  markets: [],
});
