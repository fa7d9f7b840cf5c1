import { formatMicro, type Micro } from '../../shared/money/fixed.ts';
import type { Level, PublicTrade } from '../../shared/venues/port.ts';
import type { LevelChange, Sides } from './book-view.ts';
import { parsecIdOf } from '../../shared/market-feeds/feed-name.ts';
import type { ViewSpec } from '../../shared/websockets/book-view.ts';

/** How good the way to the venue is, and with it the book. */
export interface Health {
  readonly feed_state: 'healthy' | 'degraded' | 'disconnected';
  readonly book_state: 'fresh' | 'stale' | 'needs_refresh';
}

export const HEALTHY: Health = { feed_state: 'healthy', book_state: 'fresh' };
/** The venue cannot be heard: its book may have moved on. */
export const BLIND: Health = { feed_state: 'degraded', book_state: 'stale' };
/** The venue has not been heard for so long that its book says nothing any more. */
export const CUT_OFF: Health = { feed_state: 'disconnected', book_state: 'needs_refresh' };

/** What the frames of one view have in common. */
export interface Subject {
  readonly spec: ViewSpec;
  readonly marketId: string;
  readonly tokenId: string | undefined;
}

/** When the venue says it was, if it does, and when we knew; Unix ms. */
export interface Times {
  readonly at: number | undefined;
  readonly heardAt: number;
}

interface Common {
  readonly subject: Subject;
  readonly seq: number;
  readonly health: Health;
  readonly staleAfterMs: number;
  readonly times: Times;
}

/** Frames of `/ws` (contract: router, "Websocket"; members beyond it as docs.parsecapi.com has them). */
export const bookFrame = (
  common: Common & { readonly sides: Sides; readonly tick: Micro | undefined },
): string =>
  JSON.stringify({
    type: 'orderbook',
    ...ids(common.subject),
    ...(common.tick !== undefined && { tick_size: number(common.tick) }),
    kind: 'snapshot',
    bids: common.sides.bids.map(pair),
    asks: common.sides.asks.map(pair),
    ...state(common),
  });

export const deltaFrame = (common: Common & { readonly changes: readonly LevelChange[] }): string =>
  JSON.stringify({
    type: 'orderbook_delta',
    ...ids(common.subject),
    changes: common.changes.map(({ side, price, size }) => ({
      side,
      price: number(price),
      size: number(size),
    })),
    ...state(common),
  });

/**
 * A public trade. Its `server_seq` is that of the book it came after: clients count books and deltas only, and would
 * take a number of its own for a gap.
 */
export const tradeFrame = (common: Common & { readonly trade: Omit<PublicTrade, 'outcome'> }): string => {
  const { trade, subject, seq, health, times } = common;
  const side = trade.side === 'BUY' ? 'buy' : 'sell';
  return JSON.stringify({
    type: 'activity',
    ...ids(subject),
    kind: 'trade',
    price: number(trade.price),
    size: number(trade.size),
    ...(trade.id !== '' && { trade_id: trade.id }),
    side,
    aggressor_side: side,
    server_seq: seq,
    feed_state: health.feed_state,
    ...timestamps(times),
    source_channel: 'trades',
  });
};

const ids = ({ spec, marketId, tokenId }: Subject): Record<string, unknown> => ({
  parsec_id: parsecIdOf({ exchange: spec.exchange, marketId }),
  exchange: spec.exchange,
  outcome: spec.outcome,
  token_id: tokenId ?? null,
  market_id: marketId,
});

const state = ({ seq, health, staleAfterMs, times }: Common): Record<string, unknown> => ({
  book_state: health.book_state,
  server_seq: seq,
  feed_state: health.feed_state,
  stale_after_ms: staleAfterMs,
  ...timestamps(times),
});

const timestamps = ({ at, heardAt }: Times): Record<string, number> => ({
  ...(at !== undefined && { exchange_ts_ms: at }),
  ingest_ts_ms: heardAt,
});

/** Six decimals at most, so the nearest double reads back as the same decimal. */
const number = (value: Micro): number => Number(formatMicro(value));
const pair = ({ price, size }: Level): readonly [number, number] => [number(price), number(size)];
