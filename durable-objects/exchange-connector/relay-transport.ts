import type { RelayOutcome } from '../../shared/relay/routes.ts';

/** What a call through the relay came to. */
export interface RelayReply {
  readonly outcome: RelayOutcome;
  /** HTTP's; of the exchange where it `answered`. */
  readonly status: number;
  readonly body: string;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** One request of `shared/relay/routes.ts`. */
export interface RelayCall {
  /** With the prefix: `/rest/api/v1beta1/insert_order`. */
  readonly path: string;
  readonly body: string;
  /** Sealed to the relay. */
  readonly credential?: string;
}

/** The way to the relay: HTTP where it can be reached, the session's own socket where it dialled in. */
export interface RelayTransport {
  /** Never rejects: what broke is `not-sent` or `unknown`. */
  call(call: RelayCall): Promise<RelayReply>;
  /** A socket on which the connector speaks first; undefined when there is none to be had now. */
  open(): Promise<WebSocket | undefined>;
}

export const notSent = (message: string, retryAfter = 1): RelayReply => ({
  outcome: 'not-sent',
  status: 503,
  body: JSON.stringify({ code: 14, message }),
  retryAfter,
});

export const lost: RelayReply = { outcome: 'unknown', status: 504, body: '' };
