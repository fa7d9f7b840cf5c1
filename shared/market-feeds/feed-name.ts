import { isVenueName, type VenueName } from '../venues/venue-names.ts';

/** A market of an exchange, by the exchange's own id. */
export interface MarketRef {
  readonly exchange: VenueName;
  readonly marketId: string;
}

/** Longer than any venue's id, short enough for 50 of them in a socket's attachment. */
const MARKET_ID = /^[\w.~-]{1,160}$/;

/**
 * The feed that has a market's books. Paper is traded on Polymarket's books, so both names lead to one feed, which is
 * named by the condition id.
 */
export function feedName({ exchange, marketId }: MarketRef): string {
  return exchange === 'polymarket' || exchange === 'paper' ? marketId : `${exchange}:${marketId}`;
}

/** Where the feed of this name has its market from. */
export function marketOfFeed(name: string): MarketRef {
  const [exchange, marketId] = splitOnce(name);
  return marketId !== undefined && isVenueName(exchange)
    ? { exchange, marketId }
    : { exchange: 'polymarket', marketId: name };
}

/** Reads `exchange:native id`. Undefined when it is none. */
export function marketOfParsecId(text: string): MarketRef | undefined {
  const [exchange, marketId] = splitOnce(text);
  return marketId === undefined ? undefined : marketNamed(exchange, marketId);
}

/** Undefined when there is no such exchange, or no exchange could have such an id. */
export function marketNamed(exchange: string, marketId: string): MarketRef | undefined {
  if (!isVenueName(exchange) || !MARKET_ID.test(marketId)) return undefined;
  // Condition ids come in any case; the feed must be one all the same.
  const hex = exchange === 'polymarket' || exchange === 'paper';
  return { exchange, marketId: hex ? marketId.toLowerCase() : marketId };
}

export const parsecIdOf = ({ exchange, marketId }: MarketRef): string => `${exchange}:${marketId}`;

function splitOnce(text: string): readonly [string, string?] {
  const colon = text.indexOf(':');
  return colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
}
