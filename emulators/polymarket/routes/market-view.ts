import { midOf, topOf } from '../book/mirror.ts';
import { baseFeeBps, type Market } from '../catalog/market.ts';
import type { MarketState } from '../state.ts';
import { microToNumber, ONE, type Micro } from '../../lib/units.ts';

const REWARDS_MIN_SIZE = 50;
const REWARDS_MAX_SPREAD = 3.5;

/** The price a page shows for a token: settlement when resolved, else the midpoint. */
export function displayPrice(state: MarketState, tokenId: string): Micro {
  if (state.winner !== undefined) return state.winner === tokenId ? ONE : 0n;
  const yes = midOf(topOf(state.book, true)) ?? BigInt(state.mid) * state.market.tick;
  return tokenId === state.market.yesToken ? yes : ONE - yes;
}

function tokensView(state: MarketState): readonly Record<string, unknown>[] {
  const { yesToken, noToken } = state.market;
  return [tokenView(state, yesToken, 'Yes'), tokenView(state, noToken, 'No')];
}

function tokenView(state: MarketState, tokenId: string, outcome: string): Record<string, unknown> {
  const price = microToNumber(displayPrice(state, tokenId));
  return { token_id: tokenId, outcome, price, winner: state.winner === tokenId };
}

function rewardsView(): Record<string, unknown> {
  return { rates: null, min_size: REWARDS_MIN_SIZE, max_spread: REWARDS_MAX_SPREAD };
}

/** `GET /markets` and `/markets/{condition}`. */
export function marketView(state: MarketState): Record<string, unknown> {
  const { market } = state;
  return {
    enable_order_book: state.accepting,
    active: true,
    closed: !state.accepting,
    archived: false,
    accepting_orders: state.accepting,
    accepting_order_timestamp: market.startDate,
    minimum_order_size: microToNumber(market.minSize),
    minimum_tick_size: Number(market.tickText),
    condition_id: market.conditionId,
    question_id: market.questionId,
    question: market.question,
    description: descriptionOf(market),
    market_slug: market.slug,
    end_date_iso: market.endDate,
    game_start_time: market.category === 'sports' ? market.endDate : null,
    seconds_delay: market.secondsDelay,
    fpmm: '',
    maker_base_fee: 0,
    taker_base_fee: baseFeeBps(market),
    notifications_enabled: true,
    neg_risk: market.negRisk,
    neg_risk_market_id: market.event.negRiskMarketId ?? '',
    neg_risk_request_id: market.negRisk ? market.questionId : '',
    icon: '',
    image: '',
    rewards: rewardsView(),
    is_50_50_outcome: false,
    tokens: tokensView(state),
    tags: [tagOf(market), 'All'],
  };
}

/** `GET /simplified-markets`. */
export function simplifiedView(state: MarketState): Record<string, unknown> {
  return {
    condition_id: state.market.conditionId,
    rewards: rewardsView(),
    tokens: tokensView(state),
    active: true,
    closed: !state.accepting,
    archived: false,
    accepting_orders: state.accepting,
  };
}

/** `GET /clob-markets/{condition}`: the compact record that the V2 client trades by. */
export function clobMarketView(state: MarketState): Record<string, unknown> {
  const { market } = state;
  return {
    c: market.conditionId,
    t: [
      { t: market.yesToken, o: 'Yes' },
      { t: market.noToken, o: 'No' },
    ],
    mts: Number(market.tickText),
    mos: microToNumber(market.minSize),
    nr: market.negRisk,
    mbf: 0,
    tbf: baseFeeBps(market),
    r: { mi: REWARDS_MIN_SIZE, ma: REWARDS_MAX_SPREAD, e: true },
    ao: state.accepting,
    sd: market.secondsDelay,
    cbos: false,
    aot: market.startDate,
    rfqe: false,
    itode: market.secondsDelay > 0,
    ibce: false,
    ...(market.feeRate === undefined ? {} : { fd: { r: microToNumber(market.feeRate), e: 1, to: true } }),
  };
}

export function descriptionOf(market: Market): string {
  return `${market.question} Resolves to "Yes" if it happens as asked and to "No" otherwise.`;
}

export function tagOf(market: Market): string {
  return market.category.slice(0, 1).toUpperCase() + market.category.slice(1);
}
