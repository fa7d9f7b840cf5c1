import { failure, type Failure } from '../../errors/failure.ts';
import { venueFetch } from '../venue-fetch.ts';

/** Reads are tried again this often on 429 and 5xx (contract: venues, "Rules for every adapter"). */
const READ_RETRIES = 2;
/** First pause between tries; doubles, with jitter, so that gateways do not knock in step. */
const FIRST_PAUSE_MS = 50;
/** The longest `Retry-After` of the venue that a caller is made to wait for. */
const LONGEST_PAUSE_MS = 2_000;

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
    await pause(attempt, response?.headers.get('retry-after') ?? null);
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

async function pause(attempt: number, retryAfter: string | null): Promise<void> {
  const asked = retryAfter === null ? 0 : Number(retryAfter) * 1000;
  const own = FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random());
  await scheduler.wait(Math.min(Number.isFinite(asked) ? Math.max(asked, own) : own, LONGEST_PAUSE_MS));
}

export const unavailable = (): Failure => failure('VENUE_UNAVAILABLE', { retryAfter: 1 });
