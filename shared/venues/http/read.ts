import { failure, type Failure } from '../../errors/failure.ts';
import { fetchReply, type HttpReply } from './fetch-reply.ts';
import { pauseBeforeRetry, READ_RETRIES } from './retry-pause.ts';
import { VENUE_TIMEOUT_MS } from './venue-fetch.ts';

export type ReadResult = { readonly ok: true; readonly status: number; readonly body: unknown } | Failure;

/**
 * One read of the venue's REST API, with retries. Returns the status and parsed body of any answer below 500
 * except 429; a silent, failing or unreadable venue is VENUE_UNAVAILABLE.
 */
export async function readVenue(url: string, init: RequestInit = {}): Promise<ReadResult> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await tryOnce(url, init);
    if (answer && answer.status < 500 && answer.status !== 429) return parse(answer);
    if (attempt === READ_RETRIES) return venueUnavailable();
    await pauseBeforeRetry(attempt, answer?.retryAfter ?? null);
  }
}

async function tryOnce(url: string, init: RequestInit): Promise<HttpReply | undefined> {
  try {
    return await fetchReply(url, init, VENUE_TIMEOUT_MS);
  } catch {
    return undefined;
  }
}

function parse({ status, text }: HttpReply): ReadResult {
  try {
    return { ok: true, status, body: JSON.parse(text) };
  } catch {
    // A block of the network's edge is a page.
    return status === 403 ? { ok: true, status, body: undefined } : venueUnavailable();
  }
}

export const venueUnavailable = (): Failure => failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
