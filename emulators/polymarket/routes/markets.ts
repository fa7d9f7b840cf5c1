import { json, route, type Route, type RouteRequest } from '../http/route.ts';
import { HOUSE_ADDRESS, type MarketState, type Venue } from '../state.ts';
import { formatMicro } from '../../lib/units.ts';
import { isYes } from '../catalog/market.ts';
import { notFound } from '../venue-error.ts';
import type { TradeRecord } from '../orders/records.ts';
import { clobMarketView, marketView, simplifiedView } from './market-view.ts';
import { pageOf } from './page.ts';

/** Smaller than the venue's 1000, so that 40 markets make a client really turn pages. */
const MARKETS_PER_PAGE = 25;

const LIVE_ACTIVITY_ROWS = 50;

export const marketRoutes: readonly Route[] = [
  listRoute('/markets', marketView, false),
  listRoute('/simplified-markets', simplifiedView, false),
  listRoute('/sampling-markets', marketView, true),
  listRoute('/sampling-simplified-markets', simplifiedView, true),
  route('GET', '/markets/:id', (venue, request) => json(marketView(requireCondition(venue, request)))),
  route('GET', '/clob-markets/:id', (venue, request) =>
    json(clobMarketView(requireCondition(venue, request))),
  ),
  route('GET', '/markets-by-token/:token', (venue, request) => {
    const state = venue.byToken.get(request.params['token'] ?? '');
    if (state === undefined) throw notFound('market not found');
    return json({
      condition_id: state.market.conditionId,
      primary_token_id: state.market.yesToken,
      secondary_token_id: state.market.noToken,
    });
  }),
  ...['/markets/live-activity/:id', '/live-activity/events/:id'].map((pattern) =>
    route('GET', pattern, (venue, request) => {
      const state = requireCondition(venue, request);
      const recent = [...venue.trades.values()]
        .filter((trade) => trade.conditionId === state.market.conditionId)
        .slice(-LIVE_ACTIVITY_ROWS);
      return json(recent.toReversed().map((trade) => activityView(state, trade)));
    }),
  ),
];

function listRoute(path: string, view: (state: MarketState) => unknown, openOnly: boolean): Route {
  return route('GET', path, (venue, request) => {
    const rows = openOnly ? venue.markets.filter((state) => state.accepting) : venue.markets;
    return json(pageOf(rows, request.query.get('next_cursor'), MARKETS_PER_PAGE, view));
  });
}

function requireCondition(venue: Venue, request: RouteRequest): MarketState {
  const state = venue.byCondition.get(request.params['id'] ?? '');
  if (state === undefined) throw notFound('market not found');
  return state;
}

function activityView({ market }: MarketState, trade: TradeRecord): Record<string, unknown> {
  return {
    event_type: 'trade',
    market: {
      condition_id: market.conditionId,
      asset_id: trade.tokenId,
      question: market.question,
      icon: '',
      slug: market.slug,
    },
    user: {
      address: trade.takerMaker,
      username: trade.takerMaker === HOUSE_ADDRESS ? 'market-maker' : '',
      profile_picture: '',
      optimized_profile_picture: '',
      pseudonym: '',
    },
    side: trade.side,
    size: formatMicro(trade.shares),
    fee_rate_bps: String(trade.feeRateBps),
    price: formatMicro(trade.price),
    outcome: trade.outcome,
    outcome_index: isYes(market, trade.tokenId) ? 0 : 1,
    transaction_hash: trade.transactionHash,
    timestamp: String(Math.floor(trade.matchedAtMs / 1000)),
  };
}
