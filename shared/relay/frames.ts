import * as z from 'zod';
import { relayOutcomes } from './routes.ts';

/**
 * The session between connector and relay: one websocket per desk, one JSON object per text frame (docs/exchange.md;
 * decision 24). Whoever opened the connection, the connector speaks first with `hello`.
 *
 * Sequence numbers are the relay's, dense per stream, and mean something only together with its `epoch`: a relay that
 * was started again has forgotten its numbers, so whoever resumes across epochs is told `gap`. Items and gaps both take
 * a number, are kept and told again alike: a gap that got lost on the way is told by whoever resumes before it.
 */

/** Longest text frame that either side takes, in characters: a snapshot of 1,000 orders fits. */
export const MAX_FRAME = 4 * 1024 * 1024;

/**
 * Both sides ping after this long without a frame of their own, and give the session up after three times as long. On a
 * connection that the relay opened only it pings, each time, with the text `PING`: the connector's runtime answers `PONG`
 * by itself, so that the connector may sleep.
 */
export const PING_MS = 10_000;

/** Calls that one session may have under way; one more is answered `not-sent`. */
export const MAX_CALLS = 64;

export const streamKinds = ['market_data', 'orders', 'positions', 'drop_copy'] as const;
export type StreamKind = (typeof streamKinds)[number];

/** The connector's name for a stream: unique in its session, the same each time it is opened. */
const stream = z.string().regex(/^[\w:./-]{1,160}$/);
const seq = z.int().min(0);
const epoch = z.string().regex(/^[\w-]{1,64}$/);
/** RFC 3339, when the relay had it from the exchange. */
const at = z.string().max(40);
const names = z.array(z.string().min(1).max(128)).max(1000);

/** Where a stream was left: everything after `seq` of that epoch is wanted. */
const position = z.strictObject({ epoch, seq });

/** What narrows a stream. `market_data` has exactly one symbol; the relay shares upstream streams among symbols. */
const streamParams = z.strictObject({
  symbols: names.optional(),
  accounts: names.optional(),
  depth: z.int().min(1).max(100).optional(),
  resume_token: z.string().max(1024).optional(),
});
export type StreamParams = z.infer<typeof streamParams>;

export const fromConnector = z.discriminatedUnion('type', [
  /** `session`: the connector's own, kept over reconnects; a newer connection of the same session ends the older one. */
  z.strictObject({ type: z.literal('hello'), session: z.string().regex(/^[\w-]{1,64}$/) }),
  /** Access token for the exchange, sealed to the relay: `relay-credential.ts`. Streams wait for the first one. */
  z.strictObject({ type: z.literal('credential'), sealed: z.string().max(16_384) }),
  z.strictObject({
    type: z.literal('open'),
    stream,
    kind: z.enum(streamKinds),
    params: streamParams,
    after: position.optional(),
  }),
  /** Everything up to `seq` is safe with the connector: the relay may forget it. */
  z.strictObject({ type: z.literal('ack'), stream, seq }),
  z.strictObject({ type: z.literal('close'), stream }),
  /**
   * One request of `routes.ts` (`POST`), where the relay cannot be reached by HTTP because it dialled in. `body` is the
   * text whose UTF-8 bytes `token` signs; `credential` is what the header of that name would be.
   */
  z.strictObject({
    type: z.literal('call'),
    id: z.int().min(0),
    path: z.string().max(256),
    token: z.string().max(4096),
    credential: z.string().max(16_384).optional(),
    body: z.string().max(256 * 1024),
  }),
  z.strictObject({ type: z.literal('ping'), id: z.int().min(0) }),
  z.strictObject({ type: z.literal('pong'), id: z.int().min(0) }),
]);
export type FromConnector = z.infer<typeof fromConnector>;

/**
 * `body` is the exchange's whole response message as JSON (`{snapshot: {orders}, session_id, …}`, `{update: {symbol, …}}`,
 * `{resume_token, executions}`): names as in its `.proto` files, enums by name, int64 as strings, times in RFC 3339, bytes
 * as base64; what has its zero value is absent. Of heartbeats only `at` is told. A `snapshot` stands for everything before
 * it; `update`s follow in order. A book is whole whichever it is called (its first is the `snapshot`), and repeats
 * `state` and `stats`, which the exchange says only when they change. Drop copy has `update`s alone.
 */
const itemTypes = ['snapshot', 'update', 'heartbeat'] as const;
export type ItemType = (typeof itemTypes)[number];

export const fromRelay = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), session: z.string().max(64), epoch }),
  /**
   * The stream is open; its next item or gap is `seq` + 1. `resumed`: nothing is missing after the position that was
   * asked for. Not resumed though there was a position: the next is a gap, but for a drop copy that was given its
   * `resume_token`, which misses nothing. `state` follows at once.
   */
  z.strictObject({ type: z.literal('opened'), stream, seq, resumed: z.boolean() }),
  z.strictObject({
    type: z.literal('item'),
    stream,
    seq: z.int().min(1),
    at,
    item: z.enum(itemTypes),
    body: z.record(z.string(), z.unknown()),
  }),
  /**
   * Events between the last item and the next may be lost, because the position is outside the replay window or the
   * exchange's own stream broke. The next item is a snapshot (`orders`, `positions`, `market_data`); `drop_copy` goes on
   * from the resume token, and has a gap only where that could not be done.
   */
  z.strictObject({ type: z.literal('gap'), stream, seq }),
  /** Whether the exchange's stream is up. Down: the relay is at it, with back-off. */
  z.strictObject({ type: z.literal('state'), stream, live: z.boolean(), reason: z.string().max(500) }),
  /** The stream has ended and is not tried again. `code` is gRPC's. */
  z.strictObject({ type: z.literal('close'), stream, code: z.int(), message: z.string().max(500) }),
  /** What a `call` came to: the status, body and headers that HTTP's reply would have. */
  z.strictObject({
    type: z.literal('reply'),
    id: z.int().min(0),
    status: z.int().min(100).max(599),
    outcome: z.enum(relayOutcomes),
    /** Seconds. */
    retry_after: z.int().min(0).optional(),
    token: z.string().max(4096),
    body: z.string(),
  }),
  /** The exchange refused the token, or it expires soon: a fresh one is wanted. */
  z.strictObject({ type: z.literal('credential_wanted') }),
  z.strictObject({ type: z.literal('ping'), id: z.int().min(0) }),
  z.strictObject({ type: z.literal('pong'), id: z.int().min(0) }),
]);
export type FromRelay = z.infer<typeof fromRelay>;

/** Close codes of the session. */
export const sessionClose = {
  /** Not a frame of this protocol, or one that is too long. */
  badFrame: 4400,
  /** The token of the request does not fit. */
  unauthorized: 4401,
  /** A newer connection of the same session has taken over. */
  replaced: 4409,
  /** The relay drains: connect again, elsewhere or later. */
  draining: 4503,
} as const;
