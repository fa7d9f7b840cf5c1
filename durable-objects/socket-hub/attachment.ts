import type { Channel } from '../../shared/websockets/socket-handover.ts';

/** A market that a client follows. */
export interface Followed {
  readonly market: string;
  /** Tokens, on the market channel; empty on prices, which shows all outcomes. */
  readonly tokens: readonly string[];
  /** Has had its snapshot: gets every event from there on. */
  live: boolean;
}

/** A view of a market's book that a router client follows. */
export interface FollowedBook {
  readonly feed: string;
  /** `viewKey` of its spec. */
  readonly view: string;
  /** Has had its snapshot, and every frame since. */
  live: boolean;
}

/** Who a router client has signed in as; its counters are kept by account. */
export interface Owner {
  readonly account: string;
  readonly customer: string;
}

/**
 * All that a hub knows of a socket, kept on the socket itself while the hub sleeps. At most 16 KB: 50 markets
 * with both tokens are about 12 KB.
 */
export interface Attachment {
  readonly id: string;
  readonly channel: Channel;
  /** Name of the key's object, where the socket is counted. */
  gate: string | undefined;
  /** User channel: the sandbox wallet that its address named, for the sign-in to come. */
  readonly wallet: string | undefined;
  /** Account whose fills and orders it shows, once known. */
  account: string | undefined;
  /** User channel: only these markets; undefined for all. */
  markets: readonly string[] | undefined;
  /** Market channel: also best_bid_ask and market_resolved. */
  custom: boolean;
  /** User and router channel: until when it must have said who it is, Unix ms. */
  mustSignInBy: number | undefined;
  followed: readonly Followed[];
  /** Router channel. */
  owner: Owner | undefined;
  books: readonly FollowedBook[];
}
