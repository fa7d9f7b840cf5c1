/** A price frame of `/v1/ws/prices`, written out. */
export interface PriceText {
  readonly token: string;
  readonly text: string;
}

/**
 * What a feed tells a hub, in order. Texts are written once, in the feed, and sent to every client as they are.
 * - `event`: for the clients that follow one of `tokens`; `custom` only for those that asked for such events.
 * - `snapshot`: whole books for one waiting client, which from here on gets every later event.
 */
export type FeedItem =
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
