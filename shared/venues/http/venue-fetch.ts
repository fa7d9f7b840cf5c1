/** A venue call never takes longer (contract: venues, "Rules for every adapter"). */
export const VENUE_TIMEOUT_MS = 10_000;

/**
 * `fetch` that gives up waiting for the reply's headers. The timer is cleared as soon as they are there:
 * `AbortSignal.timeout` would keep a Durable Object in memory for the whole time after each call.
 * For bodies that are passed on as a stream; what is read here is read by `exchange`. Rejects as `fetch` does.
 */
export async function venueFetch(
  url: string,
  init: RequestInit = {},
  timeoutMs = VENUE_TIMEOUT_MS,
): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    return await fetch(url, { ...init, redirect: 'manual', signal: controller.signal });
  } finally {
    clearTimeout(timer);
  }
}
