/** So many failures within this time open the circuit for that long (contract: venues, "Rules for every adapter"). */
const FAILURES = 5;
const WITHIN_MS = 10_000;
const OPEN_MS = 5_000;

/** Stops calls to a venue that keeps failing, so that callers learn it at once instead of after ten seconds each. */
export class CircuitBreaker {
  readonly #now: () => number;
  #failures: readonly number[] = [];
  #openUntil = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Whole seconds until calls are let through again; 0 while they are. */
  get closedIn(): number {
    return Math.max(0, Math.ceil((this.#openUntil - this.#now()) / 1000));
  }

  /** A call that the venue did not answer, or answered with 5xx. */
  failed(): void {
    const now = this.#now();
    // Calls that were under way when it opened.
    if (now < this.#openUntil) return;
    this.#failures = [...this.#failures.filter((at) => at > now - WITHIN_MS), now];
    if (this.#failures.length < FAILURES) return;
    this.#failures = [];
    this.#openUntil = now + OPEN_MS;
  }
}
