/**
 * Exact sliding-window limiter over several windows at once. It remembers the time of every request that
 * passed, so in no interval of a window's length does more than its cap pass, and a request is refused only
 * when a cap is really used up. A refused request leaves no trace.
 */
export interface WindowRule {
  readonly cap: number;
  readonly spanMs: number;
}

/** What the caller is told, allowed or not. Times in milliseconds. */
export interface WindowState {
  readonly allowed: boolean;
  /** What is left in each window, in the order of the rules. */
  readonly remaining: readonly number[];
  /** Until the oldest remembered request leaves the longest window; 0 when it is empty. */
  readonly resetMs: number;
  /** Until one request would pass: 0 when one would pass now. */
  readonly retryAfterMs: number;
}

/** First size of the ring: enough for an idle key; it doubles up to the cap, so busy keys pay for themselves. */
const FIRST_CAPACITY = 16;

export class SlidingWindow {
  #rules: readonly WindowRule[];
  #longestMs: number;
  #ring = new Float64Array(FIRST_CAPACITY);
  /** Index of the oldest remembered time, and how many there are. */
  #head = 0;
  #count = 0;
  /** Latest time seen: a clock that steps back must not open a window early. */
  #latest = 0;

  constructor(rules: readonly WindowRule[]) {
    this.#rules = rules;
    this.#longestMs = longest(rules);
  }

  /** Changes the rules; what has passed already still counts. */
  setRules(rules: readonly WindowRule[]): void {
    if (rules === this.#rules) return;
    this.#rules = rules;
    this.#longestMs = longest(rules);
  }

  /** Lets one request pass, if every window has room. `now` in milliseconds. */
  take(now: number): WindowState {
    const time = this.#advance(now);
    const allowed = this.#wait(time) === 0;
    if (allowed) this.#push(time);
    return this.#state(time, allowed);
  }

  /** Says whether a request would pass, and lets none pass. `now` in milliseconds. */
  look(now: number): WindowState {
    const time = this.#advance(now);
    return this.#state(time, this.#wait(time) === 0);
  }

  #state(time: number, allowed: boolean): WindowState {
    return {
      allowed,
      remaining: this.#rules.map((rule) => Math.max(0, rule.cap - this.#newerThan(time - rule.spanMs))),
      resetMs: this.#count === 0 ? 0 : this.#at(0) + this.#longestMs - time,
      retryAfterMs: this.#wait(time),
    };
  }

  /** Forgets what has left the longest window. */
  #advance(now: number): number {
    this.#latest = Math.max(this.#latest, now);
    while (this.#count > 0 && this.#at(0) <= this.#latest - this.#longestMs) {
      this.#head = (this.#head + 1) % this.#ring.length;
      this.#count -= 1;
    }
    return this.#latest;
  }

  /** Milliseconds until all windows have room: in each, the cap-th newest request must leave. */
  #wait(time: number): number {
    let wait = 0;
    for (const { cap, spanMs } of this.#rules) {
      if (this.#count >= cap) wait = Math.max(wait, this.#at(this.#count - cap) + spanMs - time);
    }
    return wait;
  }

  /** How many remembered times lie after `limit`: they are in order, so search by halves. */
  #newerThan(limit: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(middle) > limit) high = middle;
      else low = middle + 1;
    }
    return this.#count - low;
  }

  #at(position: number): number {
    return this.#ring[(this.#head + position) % this.#ring.length] ?? 0;
  }

  #push(time: number): void {
    if (this.#count === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#count) % this.#ring.length] = time;
    this.#count += 1;
  }

  #grow(): void {
    const wider = new Float64Array(this.#ring.length * 2);
    for (let position = 0; position < this.#count; position += 1) wider[position] = this.#at(position);
    this.#ring = wider;
    this.#head = 0;
  }
}

const longest = (rules: readonly WindowRule[]): number => Math.max(...rules.map((rule) => rule.spanMs));
