import type { Reason } from './generated/types.ts';

/** Codes of failures that the SDK itself finds; all others are the gateway's own, of the surface that was called. */
export type SdkCode =
  /** The call cannot be put into a request: a value that is no JSON, a path member that is empty, a malformed URL. */
  | 'invalid_request'
  /** No connection was made: nothing was sent. */
  | 'unreachable'
  /** The connection broke off, or the reply did: whether the gateway did it is not known. */
  | 'connection_lost'
  /** No complete reply within the time. */
  | 'timeout'
  /** The caller's signal. */
  | 'aborted'
  /** A reply, but none that the gateway gives: an HTML page, another JSON than its document promises, too much of it. */
  | 'unexpected_reply';

export interface Succeeded<Data> {
  readonly success: true;
  readonly data: Data;
  /** HTTP status. */
  readonly status: number;
  /** What support asks for. */
  readonly requestId: string | undefined;
  /** The command's name, if it had one: given, or made by the SDK. */
  readonly idempotencyKey: string | undefined;
  /** The reply is an earlier one of the same command. */
  readonly replayed: boolean;
}

export interface Failed {
  readonly success: false;
  /** A sentence for people; never empty, and never with a credential in it. */
  readonly error: string;
  readonly code: SdkCode | (string & {});
  /** The exact reason, from `X-Polysim-Code` (docs/errors.md), where the gateway gave one. */
  readonly reason: Reason | (string & {}) | undefined;
  /** HTTP status; 0 where there was no reply. */
  readonly status: number;
  /**
   * What is known of the command's effect. `none`: nothing was done, and nothing will be. `unknown`: it may have been
   * done: look, or say it again under the same idempotency key. A read has no effect.
   */
  readonly effect: 'none' | 'unknown';
  readonly requestId: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** How long the gateway asks to wait. */
  readonly retryAfterMs: number | undefined;
}

/** What every method resolves to. None rejects, and none throws. */
export type Result<Data> = Succeeded<Data> | Failed;
