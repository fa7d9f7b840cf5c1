import { failure, type Failure } from '../errors/failure.ts';
import { pauseBeforeRetry, READ_RETRIES } from './http/retry.ts';
import { venueFetch } from './venue-fetch.ts';

export type ReadResult = { readonly ok: true; readonly status: number; readonly body: unknown } | Failure;

/**
 * One read of the venue's REST API, with retries. Returns the status and parsed body of any answer below 500
 * except 429; a silent, failing or unreadable venue is VENUE_UNAVAILABLE.
 */
export async function readVenue(url: string, init: RequestInit = {}): Promise<ReadResult> {
  for (let attempt = 0; ; attempt += 1) {
    const response = await tryFetch(url, init);
    if (response && response.status < 500 && response.status !== 429) return parse(response);
    await response?.body?.cancel();
    if (attempt === READ_RETRIES) return unavailable();
    await pauseBeforeRetry(attempt, response?.headers.get('retry-after') ?? null);
  }
}

async function tryFetch(url: string, init: RequestInit): Promise<Response | undefined> {
  try {
    return await venueFetch(url, init);
  } catch {
    return undefined;
  }
}

async function parse(response: Response): Promise<ReadResult> {
  try {
    return { ok: true, status: response.status, body: await response.json() };
  } catch {
    return unavailable();
  }
}

export const unavailable = (): Failure => failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
