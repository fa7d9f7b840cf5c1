import type { NotAccepted, PreparedOrder, RefusedReason } from '../port/trading-venue.ts';
import type { VenueEndpoint } from '../http/endpoint.ts';

/** Seconds to wait after a 429 that names none. */
const DEFAULT_RETRY_AFTER = 1;
/** Longest part of a venue's own text that is passed on. */
const MAX_TEXT = 300;
/** Request timeout: says nothing about whether the request took effect. */
const REQUEST_TIMEOUT = 408;

export interface Reply {
  readonly status: number;
  /** Undefined when the body is no JSON. */
  readonly body: unknown;
}

/** How a venue words things: reads its own success, and names the reason of a refusal. */
export interface ReplyParser<T> {
  /** Undefined when this is not the answer to the command, whatever its status. */
  accepted(reply: Reply): T | NotAccepted | undefined;
  refusal(reply: Reply): { readonly reason: RefusedReason; readonly text: string };
}

/**
 * Sends a command once. What is certain is told as such; all else is `unknown` (contract: venues, "Rules for every
 * adapter"):
 *
 * | seen | outcome |
 * |---|---|
 * | circuit open, or the venue silent when probed before | not-sent |
 * | any failure of the exchange itself: refused, reset, timeout, half a body | unknown |
 * | 429 | rate-limited |
 * | other 4xx | refused |
 * | 2xx that makes sense | accepted (or refused, where the venue says so in a 200) |
 * | 5xx, 3xx, 408, 2xx that makes none | unknown |
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
  if (line.circuit.closedIn > 0 || !(await line.reachable())) return { tag: 'not-sent' };
  const { method, url, headers, body } = request;
  const answer = await line.request(url, { method, headers, ...(body !== '' && { body }) });
  if (!answer) return { tag: 'unknown' };
  const { status } = answer;
  if (status === 429) return { tag: 'rate-limited', retryAfter: seconds(answer.retryAfter) };
  const reply = { status, body: json(answer.text) };
  if (status >= 200 && status < 300) return wording.accepted(reply) ?? { tag: 'unknown' };
  if (status < 400 || status >= 500 || status === REQUEST_TIMEOUT) return { tag: 'unknown' };
  const { reason, text } = wording.refusal(reply);
  return { tag: 'refused', reason, text: shortened(text) };
}

/** A venue's text as it may be shown: bounded, on one line. */
export const shortened = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, MAX_TEXT);

function seconds(retryAfter: string | null): number {
  const asked = Math.ceil(Number(retryAfter ?? DEFAULT_RETRY_AFTER));
  return Number.isFinite(asked) && asked > 0 ? asked : DEFAULT_RETRY_AFTER;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
