import * as z from 'zod';
import { asMicro, mulDiv, SCALE } from '../../money/fixed.ts';
import { decimal, venueDecimal } from '../money/venue-decimal.ts';
import type { Balance, Position, VenueResult } from '../port.ts';
import type { KalshiSigner } from '../port/signer.ts';
import type { KalshiApi } from './api.ts';
import { marketSchema, priceOf, type WireMarket } from './market.ts';
import { complement, positionOf } from './outcome-view.ts';

const positionSchema = z.object({
  ticker: z.string(),
  position_fp: decimal,
  market_exposure_dollars: decimal,
});
const positionsSchema = z.object({ market_positions: z.array(positionSchema), cursor: z.string().nullish() });
const balanceSchema = z.object({ balance_dollars: z.string().optional(), balance: z.number().int() }).loose();
const marketsSchema = z.object({ markets: z.array(marketSchema) });

const PAGE = 1_000;
const MAX_PAGES = 10;
/** Tickers of one `GET /markets`: they must fit into a URL. */
const TICKERS_PER_CALL = 50;
/** Micro-dollars in a cent. */
const CENT = 10_000n;

/** What is held, NO as NO. The average is what the holding cost; prices are asked for all markets at once. */
export async function positions(
  api: KalshiApi,
  signer: KalshiSigner,
): Promise<VenueResult<readonly Position[]>> {
  const query = new URLSearchParams({ limit: String(PAGE), count_filter: 'position' });
  const held: z.infer<typeof positionSchema>[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const found = await api.signed(signer, '/portfolio/positions', query, positionsSchema);
    if (!found.ok) return found;
    held.push(...found.value.market_positions.filter(({ position_fp: contracts }) => contracts !== 0n));
    const next = found.value.cursor ?? '';
    if (next === '') break;
    query.set('cursor', next);
  }
  const markets = await marketsOf(
    api,
    held.map(({ ticker }) => ticker),
  );
  if (!markets.ok) return markets;
  return {
    ok: true,
    value: held.map(({ ticker, position_fp: contracts, market_exposure_dollars: cost }) => {
      const { outcome, size } = positionOf(contracts);
      const market = markets.value.get(ticker);
      const yes = market && priceOf(market);
      return {
        marketId: ticker,
        outcome,
        size,
        averagePrice: asMicro(mulDiv(cost < 0n ? 0n - cost : cost, SCALE, size, 'half-up')),
        currentPrice: yes !== undefined && outcome === 'No' ? complement(yes) : yes,
      };
    }),
  };
}

async function marketsOf(
  api: KalshiApi,
  tickers: readonly string[],
): Promise<VenueResult<ReadonlyMap<string, WireMarket>>> {
  const markets = new Map<string, WireMarket>();
  for (let start = 0; start < tickers.length; start += TICKERS_PER_CALL) {
    const query = new URLSearchParams({
      tickers: tickers.slice(start, start + TICKERS_PER_CALL).join(','),
      limit: String(PAGE),
    });
    const found = await api.get('/markets', query, marketsSchema);
    if (!found.ok) return found;
    for (const market of found.value.markets) markets.set(market.ticker, market);
  }
  return { ok: true, value: markets };
}

/** Cash that open orders do not hold. */
export async function balance(api: KalshiApi, signer: KalshiSigner): Promise<VenueResult<Balance>> {
  const found = await api.signed(signer, '/portfolio/balance', new URLSearchParams(), balanceSchema);
  if (!found.ok) return found;
  const { balance_dollars: dollars, balance: cents } = found.value;
  const available =
    (dollars === undefined ? undefined : venueDecimal(dollars)) ?? asMicro(BigInt(cents) * CENT);
  return { ok: true, value: { available, currency: 'USD', raw: found.value } };
}
