import { findOutcome } from '../../../../../shared/venues/market-data/find-outcome.ts';
import type { Found, ListedMarket, ListedOutcome } from '../../../../../shared/venues/port.ts';
import { ValueCache } from '../../../../../shared/value-cache.ts';
import type { SelectedMarket } from '../market-selector.ts';

/** Names and tokens of a market's outcomes do not change while it lives; that it is gone is noticed within this time. */
const TTL_MS = 5_000;
const ENTRIES = 2_000;
const listed = new ValueCache<ListedMarket>(ENTRIES, TTL_MS);

/**
 * The outcome that a request means, as the exchange names it: Yes of a binary market where none is named. Books bring
 * it themselves; tapes and candles, which may be empty, do not. MISSING_PARAMETER, VALIDATION_FAILED, and the failures
 * of `DataVenue.market`.
 */
export async function resolveOutcome(of: SelectedMarket): Promise<Found<ListedOutcome>> {
  const market = await marketOf(of);
  if (!market.ok) return market;
  const found = findOutcome(market.value.outcomes, of.outcome);
  return found.ok ? { ok: true, value: found.value.outcome } : found;
}

async function marketOf({ exchange, venue, marketId }: SelectedMarket): Promise<Found<ListedMarket>> {
  const key = `${exchange} ${marketId}`;
  const known = listed.get(key);
  if (known) return { ok: true, value: known };
  const market = await venue.market(marketId);
  if (market.ok) listed.set(key, market.value);
  return market;
}
