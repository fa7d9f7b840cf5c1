import { POOL_QPS } from '../../../shared/limits/customer-pool.ts';
import type { PoolReport } from '../../../shared/limits/customer-pool.ts';
import { SlidingWindow } from '../../../shared/limits/sliding-window.ts';

/** A customer as its limit needs it. */
export interface LimitedCustomer {
  readonly id: string;
  /** Requests a second. */
  readonly qpsLimit: number;
}

export interface PoolDecision {
  readonly allowed: boolean;
  readonly report: PoolReport;
  /** Which of the two is used up, in requests a second, and until when; only when not allowed. */
  readonly limitQps: number;
  readonly retryAfterMs: number;
}

/** The pool lets at most POOL_QPS customers pass in a second, so no more than so many windows are in use. */
const SWEEP_AT = 2 * POOL_QPS;

const perSecond = (cap: number): SlidingWindow => new SlidingWindow([{ cap, spanMs: 1_000 }]);

/**
 * The request windows of a builder's pool and of each of its customers (contract: router, "Builders"): a request
 * passes when both have room, and then counts in both; a refused one counts in neither. They live in one object,
 * because two objects could not decide together. In memory, forgiven once on eviction, like every window here.
 */
export class CustomerLimits {
  readonly #pool = perSecond(POOL_QPS);
  readonly #customers = new Map<string, SlidingWindow>();

  /** Counts a request of a customer; of none (an id that the builder does not own) in the pool alone. */
  take(customer: LimitedCustomer | undefined, now: number): PoolDecision {
    const own = customer && this.#windowOf(customer);
    const [pool, user] = [this.#pool.look(now), own?.look(now)];
    const allowed = pool.allowed && user?.allowed !== false;
    const [poolAfter, userAfter] = allowed ? [this.#pool.take(now), own?.take(now)] : [pool, user];
    if (allowed && customer && own) this.#keep(customer.id, own, now);
    const userWaits = user?.allowed === false;
    return {
      allowed,
      limitQps: customer && userWaits ? customer.qpsLimit : POOL_QPS,
      retryAfterMs: Math.max(pool.retryAfterMs, user?.retryAfterMs ?? 0),
      report: {
        pool: { limit: POOL_QPS, remaining: poolAfter.remaining[0] ?? 0 },
        ...(customer &&
          userAfter && { user: { limit: customer.qpsLimit, remaining: userAfter.remaining[0] ?? 0 } }),
      },
    };
  }

  /** Forgets a customer that is gone. */
  forget(id: string): void {
    this.#customers.delete(id);
  }

  #windowOf({ id, qpsLimit }: LimitedCustomer): SlidingWindow {
    const known = this.#customers.get(id);
    if (!known) return perSecond(qpsLimit);
    known.setRules([{ cap: qpsLimit, spanMs: 1_000 }]);
    return known;
  }

  #keep(id: string, window: SlidingWindow, now: number): void {
    if (!this.#customers.has(id) && this.#customers.size >= SWEEP_AT) {
      for (const [other, idle] of this.#customers) {
        if (idle.look(now).resetMs === 0) this.#customers.delete(other);
      }
    }
    this.#customers.set(id, window);
  }
}
