import { readText } from '../../read-body.ts';

/** What came back, read to its end. */
export interface HttpReply {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | null;
  /** The venue's clock, as its Date header says. */
  readonly date: string | null;
  readonly headers: Headers;
}

/** The longest page that we ask for, of events with all their markets, is below 10 MB; an isolate has 128 MB. */
const MAX_REPLY_BYTES = 16 * 1024 * 1024;

/**
 * One HTTP exchange with a venue, headers and body within one time. Rejects when it breaks, takes longer or is longer
 * than anything we ask for. A redirect is an answer like another: followed, it would carry signed headers elsewhere.
 */
export async function fetchReply(url: string, init: RequestInit, timeoutMs: number): Promise<HttpReply> {
  const controller = new AbortController();
  // Cleared at the end: AbortSignal.timeout would keep a Durable Object in memory for the whole time after each call.
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: controller.signal });
    const { status, headers } = response;
    const text = await readText(response, MAX_REPLY_BYTES);
    return { status, text, retryAfter: headers.get('retry-after'), date: headers.get('date'), headers };
  } finally {
    clearTimeout(timer);
  }
}
