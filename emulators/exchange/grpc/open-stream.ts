import { status as grpcStatus, type ServerWritableStream } from '@grpc/grpc-js';
import type { Credentials, Scope } from '../commands/caller.ts';
import { requireCaller } from '../commands/caller.ts';
import type { User } from '../auth/users.ts';
import type { Effects } from '../engine/effects.ts';
import { ExchangeError } from '../exchange-error.ts';
import { nowMs, type Venue } from '../state.ts';
import type { OpenStream, StreamKind } from './hub.ts';

export type StreamCall = ServerWritableStream<object, object>;

export interface Stream {
  readonly user: User;
  send(message: object): void;
  /** True while the reader is behind: what is sent now waits in memory. */
  isBehind(): boolean;
  onCaughtUp(listener: () => void): void;
  /** Tells the stream of everything that the engine does from now on. */
  follow(listener: (effects: Effects) => void): void;
  /** As the server does when it has no more to say. */
  finish(): void;
}

export interface StreamOptions {
  readonly kind: StreamKind;
  readonly scope: Scope;
  readonly credentials: Credentials;
  /** None for streams without. */
  readonly heartbeat?: object;
}

/** Messages that wait for a reader before books are skipped: a burst alone makes nobody slow. */
const BEHIND = 256;
/** A reader that is further behind than this is cut, or one client could fill the memory. */
const MAX_BEHIND = 100_000;

/** Tokens are looked at now and never again. @throws ExchangeError: refused, and not counted. */
export function openStream(venue: Venue, call: StreamCall, options: StreamOptions): Stream {
  const user = requireCaller(venue, options.credentials, options.scope);
  const { hub } = venue;
  const open = [...hub.streams].filter(({ firm }) => firm === user.firm).length;
  if (open >= hub.streamCap)
    throw new ExchangeError('RESOURCE_EXHAUSTED', `at most ${hub.streamCap} concurrent streams`);
  let follower: ((effects: Effects) => void) | undefined;
  const entry: OpenStream = {
    kind: options.kind,
    firm: user.firm,
    user: user.name,
    openedMs: nowMs(venue),
    sent: 0,
    end: (code, details) => {
      stop();
      call.emit('error', { code, details });
    },
  };
  const send = (message: object): void => {
    if (!hub.streams.has(entry)) return;
    entry.sent += 1;
    call.write(message);
    if (call.writableLength > MAX_BEHIND) entry.end(grpcStatus.RESOURCE_EXHAUSTED, 'slow reader');
  };
  const { heartbeat } = options;
  const timer = heartbeat === undefined ? undefined : setInterval(() => send(heartbeat), hub.heartbeatMs);
  const stop = (): void => {
    clearInterval(timer);
    hub.streams.delete(entry);
    if (follower !== undefined) hub.listeners.delete(follower);
  };
  hub.streams.add(entry);
  for (const event of ['cancelled', 'close', 'finish', 'error'] as const) call.once(event, stop);
  return {
    user,
    send,
    isBehind: () => call.writableLength > BEHIND,
    onCaughtUp: (listener) => call.on('drain', listener),
    follow: (listener) => {
      follower = listener;
      hub.listeners.add(listener);
    },
    finish: () => {
      stop();
      call.end();
    },
  };
}
