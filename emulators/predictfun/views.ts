import { hashUuid } from '../lib/random.ts';
import { microToNumber, ONE, type Micro } from '../lib/units.ts';
import { bookOf, present } from '../data-venues/clock.ts';
import {
  CLOSES_MS,
  CREATED_MS,
  marketsOf,
  totalVolume,
  type Group,
  type Market,
  type OutcomeIndex,
  type Trade,
  type Venue,
} from '../data-venues/model.ts';

const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000';
const STATUS = { open: 'REGISTERED', closed: 'PRICE_PROPOSED', resolved: 'RESOLVED' } as const;
const FEE_RATE_BPS = 200;
/** Prices and amounts of trades have 18 decimals. */
const wei = (amount: Micro): string => (amount * 10n ** 12n).toString();
const iso = (ms: number): string => new Date(ms).toISOString();

/** A market alone is a category of its own. */
export const categorySlug = ({ slug, group }: Market): string => group?.slug ?? slug;

export function marketView(venue: Venue, market: Market, withStats: boolean): Record<string, unknown> {
  const { status, volume } = present(venue, market);
  const question = market.group === undefined ? market.title : `${market.group.title} ${market.title}`;
  return {
    id: market.id,
    imageUrl: '',
    title: market.title,
    question,
    description: 'An emulated market.',
    tradingStatus: status === 'open' ? 'OPEN' : 'CLOSED',
    status: STATUS[status],
    isVisible: true,
    isNegRisk: market.group !== undefined,
    isYieldBearing: false,
    feeRateBps: FEE_RATE_BPS,
    resolution: null,
    oracleQuestionId: market.conditionId,
    conditionId: market.conditionId,
    resolverAddress: ZERO_ADDRESS,
    outcomes: [outcomeView(venue, market, 0), outcomeView(venue, market, 1)],
    questionIndex: null,
    spreadThreshold: 0.06,
    shareThreshold: 100,
    isBoosted: false,
    polymarketConditionIds: [],
    kalshiMarketTicker: null,
    categorySlug: categorySlug(market),
    createdAt: iso(CREATED_MS),
    decimalPrecision: 2,
    marketVariant: 'DEFAULT',
    variantData: null,
    stats: withStats ? statsView(volume) : null,
  };
}

const statsView = (volume: Micro): Record<string, number> => ({
  totalLiquidityUsd: microToNumber(volume / 10n),
  volumeTotalUsd: microToNumber(volume),
  volume24hUsd: microToNumber(volume / 100n),
});

function outcomeView(venue: Venue, market: Market, index: OutcomeIndex): Record<string, unknown> {
  const { bids, asks } = bookOf(venue, market);
  const [bid, ask] = index === 0 ? [bids[0], asks[0]] : [asks[0], bids[0]];
  const level = (one: typeof bid) =>
    one && {
      price: microToNumber(index === 0 ? one.price : ONE - one.price),
      size: microToNumber(one.size),
    };
  return {
    name: market.labels[index],
    indexSet: index + 1,
    onChainId: market.tokens[index],
    status: market.winner === undefined ? null : market.winner === index ? 'WON' : 'LOST',
    bestBid: level(bid) ?? null,
    bestAsk: level(ask) ?? null,
    team: null,
    variantData: null,
  };
}

export interface Category {
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  readonly category: string;
  readonly markets: readonly Market[];
}

/** Groups, and each market alone. */
export function categoriesOf(venue: Venue): readonly Category[] {
  const groups = venue.groups.map((group: Group) => ({ ...group, markets: marketsOf(venue, group) }));
  const alone = venue.markets.filter(({ group }) => group === undefined);
  return [...groups, ...alone.map((market) => ({ ...market, id: market.id + 100_000, markets: [market] }))];
}

export function categoryView(venue: Venue, category: Category, withStats: boolean): Record<string, unknown> {
  const { id, slug, title, markets } = category;
  const resolved = markets.every(({ status }) => status === 'resolved');
  return {
    id,
    slug,
    title,
    description: 'An emulated category.',
    imageUrl: '',
    isNegRisk: markets.length > 1,
    isYieldBearing: false,
    isVisible: true,
    marketVariant: 'DEFAULT',
    variantData: null,
    createdAt: iso(CREATED_MS),
    publishedAt: iso(CREATED_MS),
    startsAt: iso(CREATED_MS),
    endsAt: iso(CLOSES_MS),
    status: resolved ? 'RESOLVED' : 'OPEN',
    tags: [{ id: '1', name: category.category, parentId: null }],
    markets: markets.map((market) => marketView(venue, market, withStats)),
    stats: withStats ? statsView(totalVolume(markets)) : null,
  };
}

/** `[price, size]`, of YES. */
export function bookView(venue: Venue, market: Market): Record<string, unknown> {
  const { bids, asks } = bookOf(venue, market);
  const view = ({ price, size }: (typeof bids)[number]) => [microToNumber(price), microToNumber(size)];
  return {
    marketId: market.id,
    updateTimestampMs: Date.now(),
    lastOrderSettled: null,
    bids: bids.map(view),
    asks: asks.map(view),
  };
}

/** One match: the taker's order and what it met. */
export function matchView(market: Market, trade: Trade): Record<string, unknown> {
  const outcome = {
    indexSet: trade.outcome + 1,
    name: market.labels[trade.outcome],
    onChainId: market.tokens[trade.outcome],
  };
  const party = (quoteType: 'Bid' | 'Ask') => ({
    amount: wei(trade.size),
    price: wei(trade.price),
    quoteType,
    signer: ZERO_ADDRESS,
    hash: trade.id,
    outcome,
    fee: { amount: '0', type: 'SHARES' },
  });
  const buys = trade.side === 'BUY';
  return {
    market: { id: market.id },
    amountFilled: wei(trade.size),
    priceExecuted: wei(trade.price),
    executedAt: iso(trade.atMs),
    transactionHash: trade.id,
    settlementId: hashUuid(trade.id),
    taker: party(buys ? 'Bid' : 'Ask'),
    makers: [party(buys ? 'Ask' : 'Bid')],
  };
}
