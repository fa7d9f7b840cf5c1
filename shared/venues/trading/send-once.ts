import type { NotAccepted, PreparedOrder, RefusedReason } from '../port/trading-venue.ts';
import type { HttpReply } from '../http/fetch-reply.ts';
import type { VenueEndpoint } from '../http/endpoint.ts';
import { shortened } from './shortened-text.ts';

/** Seconds to wait after a 429 that names none. */
const DEFAULT_RETRY_AFTER = 1;
/** Request timeout: says nothing about whether the request took effect. */
const REQUEST_TIMEOUT = 408;

export interface Reply {
  readonly status: number;
  /** Undefined when the body is no JSON. */
  readonly body: unknown;
  /** Seconds of `Retry-After`; undefined where it names none. */
  readonly retryAfter?: number | undefined;
}

/** Why a venue refused. */
export interface RefusalText {
  readonly reason: RefusedReason;
  readonly text: string;
  /** Whole seconds, where the venue says when it would take the command. */
  readonly retryAfter?: number | undefined;
}

/** How a venue words things: reads its own success, and names the reason of a refusal. */
export interface ReplyParser<T> {
  /** Undefined when this is not the answer to the command, whatever its status. */
  accepted(reply: Reply): T | NotAccepted | undefined;
  refusal(reply: Reply): RefusalText;
  /** Whether a reply is a certain refusal, where its status alone does not tell: some 5xx are, some 4xx are not. */
  isRefusal?(reply: Reply): boolean | undefined;
  /** Seconds to wait before a command like this one, by what the venue has told of its limits; 0 for none. */
  secondsToWait?(): number;
  /** Reads what a reply's headers tell of the limits. */
  learn?(headers: Headers): void;
}

/**
 * Sends a command once. What is certain is told as such; all else is `unknown` (contract: venues, "Rules for every
 * adapter"):
 *
 * | seen | outcome |
 * |---|---|
 * | circuit open, or the venue silent when probed before | not-sent |
 * | the venue's own limit is used up, as it told | rate-limited |
 * | any failure of the exchange itself: refused, reset, timeout, half a body | unknown |
 * | 429 | rate-limited |
 * | other 4xx | refused |
 * | 2xx that makes sense | accepted (or refused, where the venue says so in a 200) |
 * | 5xx, 3xx, 408, 2xx that makes none | unknown, where the venue's wording does not say that it is a refusal |
 *
 * In workerd (1.20261102) `fetch` rejects alike with "Network connection lost." for a refused connection, a reset on
 * accept, a reset after the request was read and a reply that is not HTTP; with "internal error" for a name that does
 * not resolve and for a failed TLS handshake. A streamed body is taken whole even when nobody listens, so how much of
 * it was read tells nothing either. Hence the probe, and no reading of error texts.
 */
export async function sendOnce<T>(
  line: VenueEndpoint,
  { request }: Pick<PreparedOrder, 'request'>,
  wording: ReplyParser<T>,
): Promise<T | NotAccepted> {
  const wait = wording.secondsToWait?.() ?? 0;
  if (wait > 0) return { tag: 'rate-limited', retryAfter: wait };
  if (line.circuit.closedIn > 0 || !(await line.reachable())) return { tag: 'not-sent' };
  const { method, url, headers, body } = request;
  const init = { method, headers, ...(body !== '' && { body }) };
  const answer = await line.request(url, init, (heard) => isRefusal(replyOf(heard), wording));
  if (!answer) return { tag: 'unknown' };
  wording.learn?.(answer.headers);
  const { status } = answer;
  if (status === 429)
    return { tag: 'rate-limited', retryAfter: seconds(answer.retryAfter) ?? DEFAULT_RETRY_AFTER };
  const reply = replyOf(answer);
  if (status >= 200 && status < 300) return wording.accepted(reply) ?? { tag: 'unknown' };
  if (!isRefusal(reply, wording)) return { tag: 'unknown' };
  const { text, ...refusal } = wording.refusal(reply);
  return { tag: 'refused', ...refusal, text: shortened(text) };
}

const replyOf = ({ status, text, retryAfter }: HttpReply): Reply => ({
  status,
  body: json(text),
  retryAfter: seconds(retryAfter),
});

function isRefusal<T>(reply: Reply, wording: ReplyParser<T>): boolean {
  const { status } = reply;
  return wording.isRefusal?.(reply) ?? (status >= 400 && status < 500 && status !== REQUEST_TIMEOUT);
}

function seconds(retryAfter: string | null): number | undefined {
  const asked = Math.ceil(Number(retryAfter ?? Number.NaN));
  return Number.isFinite(asked) && asked > 0 ? asked : undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
