import { failure, type Failure } from '../../../shared/errors/failure.ts';

/** What a caller that has too many trade writes in flight is told to wait: about two orders' time. */
const WRITE_RETRY_MS = 50;

/** Trade writes of an account that are in flight, on whatever venue (contract: errors and limits, "Tiers"). */
export class WriteCap {
  #running = 0;

  /** Why another one must wait. */
  full(most: number): Failure | undefined {
    if (this.#running < most) return undefined;
    return failure('RATE_LIMITED', { retryAfter: 1, retryAfterMs: WRITE_RETRY_MS });
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}
