import { topOf } from '../book/mirror.ts';
import { levelsOf } from '../../lib/book/order-book.ts';
import { baseFeeBps, type MarketEvent } from '../catalog/market.ts';
import type { MarketState } from '../state.ts';
import { formatMicro, microToNumber, mulFloor, ONE, type Micro } from '../../lib/units.ts';
import { descriptionOf, displayPrice, tagOf } from './market-view.ts';

/** A gamma market. Outcomes, prices and tokens are JSON inside strings, as on the real API. */
export function gammaMarketView(state: MarketState): Record<string, unknown> {
  const { market } = state;
  const top = topOf(state.book, true);
  const volume = formatMicro(state.volume);
  const liquidity = formatMicro(liquidityOf(state));
  const prices = [market.yesToken, market.noToken].map((token) => formatMicro(displayPrice(state, token)));
  return {
    id: market.gammaId,
    question: market.question,
    conditionId: market.conditionId,
    slug: market.slug,
    resolutionSource: '',
    startDate: market.startDate,
    startDateIso: market.startDate.slice(0, 10),
    endDate: market.endDate,
    endDateIso: market.endDate.slice(0, 10),
    image: '',
    icon: '',
    description: descriptionOf(market),
    category: tagOf(market),
    outcomes: JSON.stringify(['Yes', 'No']),
    outcomePrices: JSON.stringify(prices),
    clobTokenIds: JSON.stringify([market.yesToken, market.noToken]),
    volume,
    volumeNum: Number(volume),
    volumeClob: Number(volume),
    volume24hr: Number(volume),
    liquidity,
    liquidityNum: Number(liquidity),
    liquidityClob: Number(liquidity),
    active: true,
    closed: !state.accepting,
    archived: false,
    new: false,
    featured: false,
    restricted: true,
    enableOrderBook: state.accepting,
    acceptingOrders: state.accepting,
    acceptingOrdersTimestamp: market.startDate,
    createdAt: market.startDate,
    updatedAt: new Date(state.changedAtMs).toISOString(),
    ...(state.closedAtMs === undefined ? {} : { closedTime: new Date(state.closedAtMs).toISOString() }),
    questionID: market.questionId,
    orderPriceMinTickSize: Number(market.tickText),
    orderMinSize: microToNumber(market.minSize),
    makerBaseFee: 0,
    takerBaseFee: baseFeeBps(market),
    feesEnabled: market.feeRate !== undefined,
    secondsDelay: market.secondsDelay,
    negRisk: market.negRisk,
    ...(market.event.negRiskMarketId === undefined
      ? {}
      : { negRiskMarketID: market.event.negRiskMarketId, negRiskRequestID: market.questionId }),
    groupItemTitle: '',
    bestBid: microToNumber(top.bid ?? 0n),
    bestAsk: microToNumber(top.ask ?? ONE),
    spread: microToNumber((top.ask ?? ONE) - (top.bid ?? 0n)),
    lastTradePrice: microToNumber(displayYes(state)),
    umaResolutionStatus: state.winner === undefined ? undefined : 'resolved',
    umaResolutionStatuses: JSON.stringify(state.winner === undefined ? [] : ['proposed', 'resolved']),
    automaticallyResolved: false,
    rewardsMinSize: 50,
    rewardsMaxSpread: 3.5,
    tags: [tagView(state)],
    events: [eventHeader(market.event, [state])],
  };
}

/** A gamma event with its markets. */
export function gammaEventView(event: MarketEvent, states: readonly MarketState[]): Record<string, unknown> {
  return {
    ...eventHeader(event, states),
    markets: states.map((state) => {
      const { events: _events, ...market } = gammaMarketView(state);
      return market;
    }),
    tags: states.slice(0, 1).map(tagView),
  };
}

function eventHeader(event: MarketEvent, states: readonly MarketState[]): Record<string, unknown> {
  const volume = states.reduce((sum, state) => sum + state.volume, 0n);
  const liquidity = states.reduce((sum, state) => sum + liquidityOf(state), 0n);
  const first = states[0]?.market;
  return {
    id: event.id,
    ticker: event.slug,
    slug: event.slug,
    title: event.title,
    description: event.title,
    startDate: first?.startDate,
    endDate: first?.endDate,
    category: first === undefined ? '' : tagOf(first),
    active: true,
    closed: states.every((state) => !state.accepting),
    archived: false,
    restricted: true,
    enableOrderBook: true,
    volume: microToNumber(volume),
    liquidity: microToNumber(liquidity),
    negRisk: event.negRiskMarketId !== undefined,
    ...(event.negRiskMarketId === undefined ? {} : { negRiskMarketID: event.negRiskMarketId }),
  };
}

function tagView({ market }: MarketState): Record<string, string> {
  return { id: String(market.category.length), label: tagOf(market), slug: market.category };
}

function liquidityOf(state: MarketState): Micro {
  const bids = levelsOf(state.book.bids).reduce((sum, l) => sum + mulFloor(l.size, l.price), 0n);
  const asks = levelsOf(state.book.asks).reduce((sum, l) => sum + mulFloor(l.size, ONE - l.price), 0n);
  return bids + asks;
}

function displayYes(state: MarketState): Micro {
  const { price, yes } = state.lastTrade;
  return yes ? price : ONE - price;
}
