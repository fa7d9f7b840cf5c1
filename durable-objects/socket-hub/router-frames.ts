import * as z from 'zod';
import { DEFAULT_DEPTH, MAX_DEPTH } from '../../shared/websockets/book-view.ts';
import { marketNamed, marketOfParsecId } from '../../shared/market-feeds/feed-name.ts';
import type { MarketRef } from '../market-feed/api.ts';

/** Codes of `error` and `auth_error` (contract: router, "Websocket"). */
export const CODE = {
  /** Signing in is missing, or comes a second time. */
  auth: 1001,
  badKey: 1002,
  invalidMarket: 2001,
  marketNotFound: 2002,
  unavailable: 2003,
  invalidOutcome: 2005,
  rateLimited: 3001,
  tooMany: 3002,
} as const;

export type RouterCode = (typeof CODE)[keyof typeof CODE];

/** One market of a frame, as far as it can be read without asking the venue. */
export interface Selector {
  readonly ref: MarketRef;
  readonly outcome: string | undefined;
  readonly depth: number;
}

/** A selector that makes no sense, and the name that it gave. */
export interface BadSelector {
  readonly fault: string;
  readonly parsecId: string | undefined;
}

export type RouterCommand =
  | { readonly kind: 'auth'; readonly key: string }
  | {
      readonly kind: 'subscribe' | 'unsubscribe' | 'resync';
      readonly markets: readonly (Selector | BadSelector)[];
    };

/** More than one connection may follow, so that one too many is told as such. */
const MAX_SELECTORS = 100;
/** Longer names of outcomes would not fit into a socket's attachment 50 times. */
export const MAX_OUTCOME_LENGTH = 48;

const text = z.string().max(400);
/** Python clients send null for what is absent. */
const selector = z.strictObject({
  parsec_id: text.nullish(),
  exchange: text.nullish(),
  market_id: text.nullish(),
  outcome: text.nullish(),
  depth: z.number().nullish(),
});

const frame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auth'), api_key: z.string().max(256) }),
  z.strictObject({
    type: z.enum(['subscribe', 'unsubscribe']),
    markets: z.array(z.unknown()).max(MAX_SELECTORS),
  }),
  z.looseObject({ type: z.literal('resync') }),
]);

/** Reads a client's frame. Undefined when it is none of this channel's. */
export function readRouterFrame(data: string): RouterCommand | undefined {
  const read = frame.safeParse(parse(data));
  if (!read.success) return undefined;
  switch (read.data.type) {
    case 'auth':
      return { kind: 'auth', key: read.data.api_key };
    case 'subscribe':
    case 'unsubscribe':
      return { kind: read.data.type, markets: read.data.markets.map(readSelector) };
    case 'resync': {
      const { type: kind, ...named } = read.data;
      return { kind, markets: [readSelector(named)] };
    }
    default:
      return read.data satisfies never;
  }
}

function readSelector(value: unknown): Selector | BadSelector {
  const read = selector.safeParse(value);
  if (!read.success) return { fault: read.error.issues[0]?.message ?? 'malformed', parsecId: undefined };
  const { parsec_id: parsecId, exchange, market_id: marketId, outcome, depth } = read.data;
  const bad = (fault: string): BadSelector => ({ fault, parsecId: parsecId ?? undefined });
  const named = typeof exchange === 'string' && typeof marketId === 'string';
  if (typeof parsecId !== 'string' && !named) return bad('needs parsec_id, or exchange and market_id');
  const ref =
    typeof parsecId === 'string' ? marketOfParsecId(parsecId) : marketNamed(exchange ?? '', marketId ?? '');
  if (!ref) return bad('is no market of a known exchange');
  const other = named ? marketNamed(exchange, marketId) : ref;
  if (other?.exchange !== ref.exchange || other.marketId !== ref.marketId) {
    return bad('parsec_id and market_id name different markets');
  }
  if (typeof depth === 'number' && (!Number.isInteger(depth) || depth < 1)) {
    return bad('depth must be a whole number from 1');
  }
  return { ref, outcome: outcome ?? undefined, depth: Math.min(depth ?? DEFAULT_DEPTH, MAX_DEPTH) };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
