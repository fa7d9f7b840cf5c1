import type { Failure } from '../../shared/errors/failure.ts';

export type { FeedItem, NativeItem, ViewItem } from '../../shared/market-feeds/feed-items.ts';
export type { MarketRef } from '../../shared/market-feeds/feed-name.ts';
/** MARKET_NOT_FOUND; VALIDATION_FAILED: no such outcome; any other: the venue cannot say. */
export type ResolvedOutcome = { readonly ok: true; readonly outcome: string } | Failure;

export type Subscribed = { readonly ok: true } | { readonly ok: false; readonly reason: 'MARKET_NOT_FOUND' };

/** RPC interface of `MarketFeed`. */
export interface MarketFeedApi {
  /** A client of `hub` follows this market on `/v1/ws` from the snapshot on that the hub gets for it. */
  subscribe(hub: string, socket: string): Promise<Subscribed>;
  /** The venue's name of an outcome, given in any case; of Yes where none is given. */
  resolve(outcome: string | undefined): Promise<ResolvedOutcome>;
  /** A router client of `hub` follows a view from the snapshot on that it gets: now, or when the first book comes. */
  follow(hub: string, socket: string, view: string): Promise<void>;
  /** No router client of `hub` follows this view any more. */
  unfollow(hub: string, view: string): void;
  /** No client of `hub` follows this market any more. The last hub's leaving ends the subscription. */
  unsubscribe(hub: string): void;
}
