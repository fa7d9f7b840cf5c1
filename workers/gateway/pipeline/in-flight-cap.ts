import { RequestError } from '../../../shared/errors/failure.ts';
import type { Principal } from '../../../shared/keys/principal.ts';
import { tiers } from '../../../shared/limits/tiers.ts';

/**
 * Requests of each key that this isolate is working on. The contract's cap is per process, so no
 * object is asked: a key that spreads over isolates has the cap in each.
 */
const inFlight = new Map<string, number>();

/** Runs a request of a principal within its tier's cap. Throws RATE_LIMIT_EXCEEDED above it. */
export async function withinInFlightCap<T>(
  principal: Principal | undefined,
  work: () => Promise<T> | T,
): Promise<T> {
  if (!principal) return work();
  // A builder's key carries many customers: each has the cap to itself.
  const name = `${principal.tenant} ${principal.key} ${principal.customer ?? ''}`;
  const running = inFlight.get(name) ?? 0;
  if (running >= tiers[principal.tier].inFlight) {
    throw new RequestError('RATE_LIMIT_EXCEEDED', {
      message: 'Too many requests in flight',
      retryAfter: 1,
      tier: principal.tier,
    });
  }
  inFlight.set(name, running + 1);
  try {
    return await work();
  } finally {
    const left = (inFlight.get(name) ?? 1) - 1;
    if (left <= 0) inFlight.delete(name);
    else inFlight.set(name, left);
  }
}
