import type { Effects } from '../engine/effects.ts';

/** Who is told what the engine did, and which streams are open. */
export interface Hub {
  readonly listeners: Set<(effects: Effects) => void>;
  readonly streams: Set<OpenStream>;
  /** What was published while held, oldest first. */
  readonly held: Effects[];
  isHeld: boolean;
  /** Streams that one firm may have open at once. */
  streamCap: number;
  /** What a stream hears when there is nothing to say, ms. */
  heartbeatMs: number;
}

export type StreamKind = 'market_data' | 'orders' | 'positions' | 'drop_copy';

export interface OpenStream {
  readonly kind: StreamKind;
  readonly firm: string;
  readonly user: string;
  readonly openedMs: number;
  /** Messages, heartbeats among them. */
  sent: number;
  /** Ends it with a gRPC status. */
  end(code: number, details: string): void;
}

/** docs.polymarket.us/streaming-endpoints/streaming-best-practices: pooled over all kinds. */
const STREAM_CAP = 20;
/** The exchange does not say how often it sends one. */
const HEARTBEAT_MS = 15_000;

/** Beyond it, what was held comes out by itself. */
const MAX_HELD = 10_000;

export function createHub(): Hub {
  return {
    listeners: new Set(),
    streams: new Set(),
    held: [],
    isHeld: false,
    streamCap: STREAM_CAP,
    heartbeatMs: HEARTBEAT_MS,
  };
}

export function publish(hub: Hub, effects: Effects): void {
  if (hub.isHeld) {
    hub.held.push(effects);
    if (hub.held.length > MAX_HELD) release(hub);
    return;
  }
  for (const listener of hub.listeners) listener(effects);
}

/** Tells what was held, in order, and goes on as usual. */
export function release(hub: Hub): void {
  hub.isHeld = false;
  for (const effects of hub.held.splice(0)) publish(hub, effects);
}
