import { formatMicro, microToNumber, ONE } from '../lib/units.ts';
import { bookOf, present, priceOf } from '../data-venues/clock.ts';
import {
  CLOSES_MS,
  CREATED_MS,
  marketsOf,
  totalVolume,
  type Group,
  type Market,
  type Trade,
  type Venue,
} from '../data-venues/model.ts';

const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000';
const USDC = { address: '0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913', decimals: 6, symbol: 'USDC' };
const STATUS = { open: 'FUNDED', closed: 'LOCKED', resolved: 'RESOLVED' } as const;

function common(venue: Venue, title: string, category: string): Record<string, unknown> {
  return {
    title,
    proxyTitle: null,
    description: '<p>An emulated market.</p>',
    collateralToken: USDC,
    expirationDate: 'Feb 28, 2028',
    expirationTimestamp: CLOSES_MS,
    createdAt: new Date(CREATED_MS).toISOString(),
    updatedAt: new Date(venue.startedMs).toISOString(),
    categories: [category],
    tags: [],
    hidden: false,
    creator: { name: 'Limitless', imageURI: '', link: '' },
    metadata: { fee: true },
  };
}

export function marketView(venue: Venue, market: Market): Record<string, unknown> {
  const { status, winner, pool, group, volume } = present(venue, market);
  const price = priceOf(venue, market);
  return {
    id: market.id,
    slug: market.slug,
    ...common(venue, market.title, market.category),
    status: STATUS[status],
    expired: status !== 'open',
    winningOutcomeIndex: winner ?? null,
    conditionId: market.conditionId,
    negRiskRequestId: null,
    volume: volume.toString(),
    volumeFormatted: formatMicro(volume),
    tokens: { yes: market.tokens[0], no: market.tokens[1] },
    prices: [microToNumber(price), microToNumber(ONE - price)],
    tradeType: pool ? 'amm' : 'clob',
    marketType: 'single',
    venue: pool ? null : { exchange: ZERO_ADDRESS, adapter: null },
    ...(group && { groupSlug: group.slug }),
  };
}

/** A group trades nothing itself. */
export function groupView(venue: Venue, group: Group): Record<string, unknown> {
  const markets = marketsOf(venue, group);
  const volume = totalVolume(markets);
  return {
    id: group.id,
    slug: group.slug,
    ...common(venue, group.title, group.category),
    status: 'FUNDED',
    expired: false,
    winningOutcomeIndex: null,
    volume: volume.toString(),
    volumeFormatted: formatMicro(volume),
    tradeType: 'group',
    marketType: 'group',
    markets: markets.map((market) => marketView(venue, market)),
  };
}

/** Prices are numbers, sizes whole millionths; of YES. */
export function bookView(venue: Venue, market: Market): Record<string, unknown> {
  const { bids, asks } = bookOf(venue, market);
  const view = (side: 'BUY' | 'SELL') => (level: (typeof bids)[number]) => ({
    price: microToNumber(level.price),
    size: Number(level.size),
    side,
  });
  const middle = microToNumber(priceOf(venue, market));
  return {
    bids: bids.map(view('BUY')),
    asks: asks.map(view('SELL')),
    tokenId: market.tokens[0],
    adjustedMidpoint: middle,
    midpoint: middle,
    maxSpread: '0.035',
    minSize: '100000000',
    lastTradePrice: microToNumber(market.trades[0]?.price ?? 0n),
  };
}

export function tradeView(market: Market, trade: Trade): Record<string, unknown> {
  const cost = (trade.price * trade.size) / ONE;
  const buys = trade.side === 'BUY';
  return {
    createdAt: new Date(trade.atMs).toISOString(),
    makerAmount: (buys ? cost : trade.size).toString(),
    takerAmount: (buys ? trade.size : cost).toString(),
    matchedSize: trade.size.toString(),
    price: microToNumber(trade.price),
    profile: { account: ZERO_ADDRESS },
    side: buys ? 0 : 1,
    title: '',
    tokenId: market.tokens[trade.outcome],
    txHash: trade.id,
  };
}
