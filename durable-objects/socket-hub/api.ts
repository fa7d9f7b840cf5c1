import type { FeedItem } from '../../shared/market-feeds/feed-items.ts';
import type { AccountText } from '../../shared/websockets/account-text.ts';
import type { SocketCounters } from './usage-book.ts';

export type { Channel, Handover } from '../../shared/websockets/socket-handover.ts';
export type { SocketCounters } from './usage-book.ts';
/** What one hub knows of an account's router sockets. */
export interface HubUsage {
  readonly counters: Readonly<SocketCounters>;
  readonly connections: number;
  /** parsec_id of every subscription. */
  readonly subscriptions: readonly string[];
}

/** RPC interface of `SocketHub`. */
export interface SocketHubApi {
  /** What a market's feed has for its followers here; false when there is none. */
  deliver(market: string, items: readonly FeedItem[]): boolean;
  /** What this hub knows of an account's router sockets. */
  usage(account: string): HubUsage;
  /** What an account has for its watchers here; false when there is none. */
  announce(account: string, id: string, texts: readonly AccountText[]): boolean;
  /** Ends the sockets that missed what an account had for them: clients connect again and read what happened. */
  lapse(account: string): void;
  /** Those of the sockets that are open here. */
  held(ids: readonly string[]): readonly string[];
  /** Closes sockets whose key is no longer good. */
  dismiss(ids: readonly string[]): void;
  /** Closes the sockets of an account that has been closed. */
  dismissAccount(account: string): void;
  /** Takes a client's websocket over from the gateway, which has admitted it. */
  fetch(request: Request): Promise<Response>;
}
