/** Reads are tried again this often on 429 and 5xx (contract: venues, "Rules for every adapter"). */
export const READ_RETRIES = 2;
/** First pause between tries; doubles, with jitter, so that gateways do not knock in step. */
const FIRST_PAUSE_MS = 50;
/** The longest `Retry-After` of the venue that a caller is made to wait for. */
const LONGEST_PAUSE_MS = 2_000;

/** Waits before another try: as long as the venue asked, within reason, and never less than the own pause. */
export async function pauseBeforeRetry(attempt: number, retryAfter: string | null): Promise<void> {
  const asked = retryAfter === null ? 0 : Number(retryAfter) * 1000;
  const own = FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random());
  const wait = Math.min(Number.isFinite(asked) ? Math.max(asked, own) : own, LONGEST_PAUSE_MS);
  await new Promise<void>((resolve) => {
    setTimeout(resolve, wait);
  });
}
