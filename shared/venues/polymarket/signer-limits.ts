import type { ReplyParser } from '../trading/send-once.ts';

/** Orders and cancels have a bucket each, per signing address; each order in a request is a token (polymarket-today 6). */
export type LimitedCommand = 'orders' | 'cancels';

/** Most ids of one `DELETE /orders` that the smallest tier's bucket (burst of cancels) can ever hold. */
export const CANCEL_BURST = 120;
/** Signers whose buckets one isolate remembers. */
const MAX_SIGNERS = 2_000;
/** Longest that a told reset is believed: buckets refill within seconds. */
const MAX_WAIT_MS = 60_000;

interface Bucket {
  readonly left: number;
  /** Unix ms. */
  readonly fullAt: number;
}

/**
 * What the venue's `Poly-RateLimit-*` headers told of each signer's buckets. Values only, shared by the requests of an
 * isolate: a command that would be refused is not sent.
 */
export class SignerLimits {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Whole seconds until so many tokens can be there; 0 where the command may go out. */
  secondsToWait(signer: string, command: LimitedCommand, tokens: number): number {
    const bucket = this.#buckets.get(keyOf(signer, command));
    const wait = (bucket?.fullAt ?? 0) - this.#now();
    if (!bucket || wait <= 0 || bucket.left >= tokens) return 0;
    return Math.ceil(wait / 1000);
  }

  /** Reads a reply's headers. A warning says that the venue does not enforce the limit yet. */
  learn(signer: string, command: LimitedCommand, headers: Headers): void {
    const left = number(headers.get('poly-ratelimit-remaining'));
    const fullAt = this.#resetOf(headers.get('poly-ratelimit-reset') ?? headers.get('retry-after'));
    const key = keyOf(signer, command);
    this.#buckets.delete(key);
    if (left === undefined || fullAt === undefined || headers.has('poly-ratelimit-warning')) return;
    this.#buckets.set(key, { left, fullAt });
    if (this.#buckets.size <= MAX_SIGNERS) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }

  /** No page says whether the reset is a time or a wait: seconds from now, Unix seconds and Unix ms are told apart. */
  #resetOf(text: string | null): number | undefined {
    const value = number(text);
    if (value === undefined || value < 0) return undefined;
    const now = this.#now();
    const at = value > 1e12 ? value : value > 1e9 ? value * 1000 : now + value * 1000;
    return Math.min(at, now + MAX_WAIT_MS);
  }
}

const keyOf = (signer: string, command: LimitedCommand): string => `${command} ${signer.toLowerCase()}`;

const number = (text: string | null): number | undefined => {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
};

/** The parts of a `ReplyParser` that keep a command within its signer's limits. */
export function withinLimits(
  limits: SignerLimits,
  headers: Readonly<Record<string, string>>,
  command: LimitedCommand,
  tokens: number,
): Pick<ReplyParser<never>, 'secondsToWait' | 'learn'> {
  // L2 headers name the signer; a request without them has no bucket.
  const signer = headers['POLY_ADDRESS'];
  if (signer === undefined) return {};
  return {
    secondsToWait: () => limits.secondsToWait(signer, command, tokens),
    learn: (told) => limits.learn(signer, command, told),
  };
}
