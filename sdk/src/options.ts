/** How to reach a gateway. */
export interface ClientOptions {
  /** Of the gateway, without a path: `https://gateway.example.com`. */
  readonly url: string;
  readonly apiKey: string;
  /** Of each attempt, with its reply, in ms. */
  readonly timeoutMs?: number;
  /** Attempts after the first, where one cannot do harm (README, "What is repeated"). */
  readonly maxRetries?: number;
  /** First wait between attempts in ms; doubled each time, unless the gateway names one. */
  readonly backoffMs?: number;
  /** Largest reply that is read, in bytes after decompression. */
  readonly maxReplyBytes?: number;
  /** In place of the global one: a service binding's, for example. */
  readonly fetch?: (input: string, init: RequestInit) => Promise<Response>;
}

/** Of one call. An option that the operation does not take is refused, never dropped. */
export interface CallOptions {
  /** Names a command, so that saying it again does not do it again. Made by the SDK where it is left out. */
  readonly idempotencyKey?: string | undefined;
  /** A builder's key acts as this customer of its own. */
  readonly customer?: string | undefined;
  /** Credentials of the exchange for this request alone. */
  readonly credentials?: Readonly<Record<string, unknown>> | undefined;
  /** Number of a sandbox wallet. */
  readonly wallet?: number | undefined;
  /** Where the order executes; without it the tenant's default. */
  readonly venue?: string | undefined;
  /** Of an agent. */
  readonly session?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** The options with their defaults, within what timers and memory can take. */
export interface Limits {
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly backoffMs: number;
  readonly maxReplyBytes: number;
}

/** The gateway gives a request 30 s: its own answer comes first. */
const TIMEOUT_MS = 35_000;
/** Longer ones fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** A page of 500 orders is 200 KB. */
const MAX_REPLY_BYTES = 8 * 1024 * 1024;

export const limitsOf = (options: Partial<ClientOptions>): Limits => ({
  timeoutMs: within(options.timeoutMs, TIMEOUT_MS, 1, MAX_TIMER_MS),
  // As SDKs of venues do it.
  maxRetries: Math.floor(within(options.maxRetries, 2, 0, 10)),
  backoffMs: within(options.backoffMs, 250, 0, 60_000),
  maxReplyBytes: within(options.maxReplyBytes, MAX_REPLY_BYTES, 1, 256 * 1024 * 1024),
});

/** What is no number counts as left out. */
const within = (value: unknown, otherwise: number, least: number, most: number): number =>
  typeof value === 'number' && !Number.isNaN(value) ? Math.min(Math.max(value, least), most) : otherwise;
