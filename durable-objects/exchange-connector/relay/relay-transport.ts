import type { FromRelay } from '../../../shared/relay/frames.ts';
import type { RelayReply } from '../../../shared/relay/relay-reply.ts';

/** One request of `shared/relay/routes.ts`. */
export interface RelayCall {
  /** With the prefix: `/rest/api/v1beta1/insert_order`. */
  readonly path: string;
  readonly body: string;
  /** Sealed to the relay. */
  readonly credential?: string;
}

/** Never rejects: what broke is `not-sent` or `unknown`. */
export type CallRelay = (call: RelayCall) => Promise<RelayReply>;

/** The way to the relay: HTTP where it can be reached, the session's own socket where it dialled in. */
export interface RelayTransport {
  readonly line: RelayLine;
  readonly call: CallRelay;
  /** A reply frame has come by the line. */
  replied(frame: Extract<FromRelay, { type: 'reply' }>): void;
  /** The line's connection has ended: what was asked by it has no answer. */
  cut(): void;
}

/** What a session has come to on the connection that stands. */
export interface LineStatus {
  /** The relay's, once it has said hello. */
  readonly epoch?: string;
  /** Streams are open on it. */
  readonly isUp: boolean;
}

/** The connection of a session, one at a time. */
export interface RelayLine {
  /** Whether a connection stays when nobody wants its streams, and outlives the object. */
  readonly isLasting: boolean;
  /** There is a connection, and the relay has shown life on it not long ago. */
  readonly isOpen: boolean;
  /** Once, before anything else. @returns where the session stands on a connection from before this object. */
  listen(listener: LineListener): LineStatus | undefined;
  /** Wanted from now on: opened when it is not, if that is ours to do. Gives up a connection that shows no life. */
  ensure(): void;
  /** Not wanted any more: closed, unless it lasts. */
  rest(): void;
  /** @returns whether it was handed to a connection. */
  send(text: string): boolean;
  /** Kept with the connection, where it outlives the object. */
  note(standing: LineStatus): void;
  /** Gives up the connection that there is; a wanted one comes again. */
  fail(code: number, reason: string): void;
}

export interface LineListener {
  /** A new connection: the connector speaks first. */
  opened(): void;
  /** A message; settles when it has been dealt with. */
  heard(data: unknown): Promise<void>;
  /** The connection has ended. */
  lost(): void;
}

export const notSentReply = (message: string, retryAfter = 1): RelayReply => ({
  outcome: 'not-sent',
  status: 503,
  body: JSON.stringify({ code: 14, message }),
  retryAfter,
});

export const lostReply: RelayReply = { outcome: 'unknown', status: 504, body: '' };
