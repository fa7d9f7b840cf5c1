import { notional, ONE, ZERO, type Micro } from '../../shared/money/fixed.ts';
import type { PolymarketMarketData } from '../../shared/venues/polymarket/market-data/clob-market-data.ts';
import type { Book, Market, ListedMarket } from '../../shared/venues/port.ts';
import type { ObjectEnv } from '../bindings.ts';
import { polymarket } from '../venue-access/venue-client.ts';
import { priceIn } from '../../shared/money/portfolio-prices.ts';
import type { PositionView } from '../../shared/agents/session-model.ts';
import type { Holding } from '../trading-account/api.ts';
import { averagePrice } from '../../shared/agents/average-price.ts';

/** What is known of the markets of some positions. What a venue did not say is missing. */
interface Known {
  readonly markets: ReadonlyMap<string, Market>;
  readonly listed: ReadonlyMap<string, ListedMarket>;
  readonly books: ReadonlyMap<string, Book>;
}

/** Markets of one listing. */
const PER_LISTING = 100;

/** A session's holdings with their markets and what they are worth now. */
export async function viewPositions(
  env: ObjectEnv,
  data: PolymarketMarketData,
  holdings: readonly Holding[],
): Promise<readonly PositionView[]> {
  if (holdings.length === 0) return [];
  const known = await learn(env, data, holdings);
  return holdings.map((holding) => view(holding, known));
}

async function learn(
  env: ObjectEnv,
  data: PolymarketMarketData,
  holdings: readonly Holding[],
): Promise<Known> {
  const conditions = [...new Set(holdings.map(({ market }) => market))];
  const venue = polymarket(env);
  const pages = Array.from({ length: Math.ceil(conditions.length / PER_LISTING) }, (_, page) =>
    conditions.slice(page * PER_LISTING, (page + 1) * PER_LISTING),
  );
  const [markets, listed, books] = await Promise.all([
    Promise.all(conditions.map((condition) => data.market(condition))),
    Promise.all(pages.map((ids) => venue.markets({ ids, limit: ids.length }))),
    data.recentBooks(holdings.map(({ token }) => token)),
  ]);
  return {
    markets: new Map(markets.flatMap((one) => (one.ok ? [[one.value.conditionId, one.value]] : []))),
    listed: new Map(
      listed.flatMap((page) => (page.ok ? page.value.items.map((one) => [one.id, one] as const) : [])),
    ),
    books: books.ok ? books.value : new Map<string, Book>(),
  };
}

function view(holding: Holding, { markets, listed, books }: Known): PositionView {
  const { token, market: condition, outcome, shares, cost, realised, closedCost } = holding;
  const market = markets.get(condition);
  const listing = listed.get(condition);
  const book = books.get(token);
  // A market that says nothing counts at cost, as an account's own positions do.
  const price =
    settledPrice(market, token) ?? (book ? priceIn(book) : null) ?? averagePrice({ cost, shares });
  return {
    token,
    condition,
    question: listing?.question ?? '',
    outcome,
    price,
    value: notional(shares, price, 'floor'),
    shares,
    cost,
    realised,
    closedCost,
    redeemable: market?.status === 'resolved',
    negRisk: market?.negRisk === true,
    imageUrl: listing?.imageUrl ?? '',
    endDate: listing?.endDate ?? '',
  };
}

function settledPrice(market: Market | undefined, token: string): Micro | null {
  if (market?.status !== 'resolved') return null;
  return market.outcomes.find(({ tokenId }) => tokenId === token)?.winner === true ? ONE : ZERO;
}
