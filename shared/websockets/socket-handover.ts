/** `router` is `/ws`, in the words of `/api/v1`; the others are `/v1/ws/<channel>`. */
export const channels = ['market', 'prices', 'executions', 'user', 'router'] as const;

export type Channel = (typeof channels)[number];

/** What the gateway tells a hub about a socket that it hands over. */
export interface Handover {
  readonly id: string;
  readonly channel: Channel;
  readonly gate?: string | undefined;
  readonly account?: string | undefined;
  /** Sandbox wallet to show once the socket has signed in; where `account` is known it is that wallet's already. */
  readonly wallet?: string | undefined;
}

/** The header that carries it; hubs are reached by the gateway only. */
export const HANDOVER_HEADER = 'x-postern-socket';

/** Most markets of one connection (contract: clob, "Websockets"), and most books of one router connection. */
export const MAX_MARKETS = 50;
