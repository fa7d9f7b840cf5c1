import type { RelayOutcome } from './routes.ts';

/** What a call through the relay came to. */
export interface RelayReply {
  readonly outcome: RelayOutcome;
  /** HTTP's; of the exchange where it `answered`. */
  readonly status: number;
  readonly body: string;
  /** Seconds. */
  readonly retryAfter?: number;
}
