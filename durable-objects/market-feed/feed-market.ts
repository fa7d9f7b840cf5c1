import { failure } from '../../shared/errors/failure.ts';
import type { Micro } from '../../shared/money/fixed.ts';
import { dataVenue } from '../../shared/venues/data-venues.ts';
import { PolymarketMarketData } from '../../shared/venues/polymarket/market-data/clob-market-data.ts';
import type { Found } from '../../shared/venues/port.ts';
import type { ObjectEnv } from '../bindings.ts';
import type { MarketRef } from '../../shared/market-feeds/feed-name.ts';

/** A market as its feed needs it, whichever venue it is on. */
export interface FeedMarket {
  readonly outcomes: readonly { readonly label: string; readonly tokenId: string | undefined }[];
  readonly tick: Micro | undefined;
}

/** MARKET_NOT_FOUND, or any other failure: the venue cannot say. */
export async function loadMarket(
  env: ObjectEnv,
  { exchange, marketId }: MarketRef,
): Promise<Found<FeedMarket>> {
  if (exchange === 'polymarket' || exchange === 'paper') {
    const found = await new PolymarketMarketData(env.POLYMARKET_CLOB_URL).market(marketId);
    if (!found.ok) return found.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : found;
    const { outcomes, tick } = found.value;
    return {
      ok: true,
      value: { outcomes: outcomes.map(({ label, tokenId }) => ({ label, tokenId })), tick },
    };
  }
  const found = await dataVenue(exchange, env).market(marketId);
  if (!found.ok) return found;
  const { outcomes, tick } = found.value;
  return {
    ok: true,
    value: { outcomes: outcomes.map(({ name, tokenId }) => ({ label: name, tokenId })), tick },
  };
}
