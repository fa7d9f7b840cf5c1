/** A price frame of `/v1/ws/prices`, written out. */
export interface PriceText {
  readonly token: string;
  readonly text: string;
}

/**
 * What a feed tells the router clients of a view.
 * - `view`: for every follower that has had its snapshot; `whole` is a snapshot itself, for all.
 * - `view-snapshot`: the whole view for one follower, which from here on gets everything.
 * - `view-unavailable`: the venue has no book for those who wait for their first one.
 */
export type ViewItem =
  | { readonly kind: 'view'; readonly view: string; readonly text: string; readonly whole: boolean }
  | { readonly kind: 'view-snapshot'; readonly view: string; readonly socket: string; readonly text: string }
  | { readonly kind: 'view-unavailable'; readonly view: string };

/** What a feed tells a hub, in order. */
export type FeedItem = NativeItem | ViewItem;

/**
 * What a feed tells the clients of `/v1/ws`. Texts are written once, in the feed, and sent to every client as they are.
 * - `event`: for the clients that follow one of `tokens`; `custom` only for those that asked for such events.
 * - `snapshot`: whole books for one waiting client, which from here on gets every later event.
 */
export type NativeItem =
  | {
      readonly kind: 'event';
      readonly tokens: readonly string[];
      readonly custom: boolean;
      readonly text: string;
      readonly prices: readonly PriceText[];
    }
  | {
      readonly kind: 'snapshot';
      readonly socket: string;
      readonly books: readonly { readonly token: string; readonly text: string }[];
      readonly prices: readonly PriceText[];
    };

/** Whether one client waits for this very item: it is never left out. */
export const isAnswer = ({ kind }: FeedItem): boolean => kind === 'snapshot' || kind === 'view-snapshot';

export const isViewItem = (item: FeedItem): item is ViewItem =>
  item.kind === 'view' || item.kind === 'view-snapshot' || item.kind === 'view-unavailable';
