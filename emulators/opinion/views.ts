import { formatMicro, ONE } from '../lib/units.ts';
import { bookOf, present } from '../data-venues/clock.ts';
import {
  CLOSES_MS,
  CREATED_MS,
  marketsOf,
  totalVolume,
  type Group,
  type Market,
  type OutcomeIndex,
  type Venue,
} from '../data-venues/model.ts';

const QUOTE_TOKEN = '0x55d398326f99059fF775485246999027B3197955';
const CHAIN = '56';
const STATUS = {
  open: { status: 2, statusEnum: 'Activated' },
  closed: { status: 3, statusEnum: 'Resolving' },
  resolved: { status: 4, statusEnum: 'Resolved' },
} as const;
const CREATED_S = CREATED_MS / 1000;

/** `ChildMarketData`: an option has neither labels nor a cutoff. */
function childView(venue: Venue, market: Market): Record<string, unknown> {
  const { status, winner, volume } = present(venue, market);
  return {
    marketId: market.id,
    marketTitle: market.title,
    slug: market.slug,
    ...STATUS[status],
    yesLabel: market.labels[0],
    noLabel: market.labels[1],
    rules: '',
    yesTokenId: market.tokens[0],
    noTokenId: market.tokens[1],
    conditionId: market.conditionId.slice(2),
    resultTokenId: winner === undefined ? '' : market.tokens[winner],
    volume: formatMicro(volume),
    quoteToken: QUOTE_TOKEN,
    chainId: CHAIN,
    questionId: market.conditionId.slice(2),
    createdAt: CREATED_S,
    cutoffAt: 0,
    resolvedAt: status === 'resolved' ? CREATED_S : 0,
  };
}

/** `MarketData` of a binary market. */
export function marketView(venue: Venue, market: Market): Record<string, unknown> {
  const view = childView(venue, market);
  if (market.group !== undefined) return view;
  const volumes = { volume24h: view['volume'], volume7d: view['volume'] };
  return { ...view, marketType: 0, cutoffAt: CLOSES_MS / 1000, labels: [market.category], ...volumes };
}

/** `MarketData` of a categorical market: its options are `childMarkets`. */
export function groupView(venue: Venue, group: Group): Record<string, unknown> {
  const markets = marketsOf(venue, group);
  const volume = formatMicro(totalVolume(markets));
  return {
    marketId: group.id,
    marketTitle: group.title,
    slug: group.slug,
    marketType: 1,
    ...STATUS.open,
    childMarkets: markets.map((market) => childView(venue, market)),
    labels: [group.category],
    yesLabel: '',
    noLabel: '',
    rules: '',
    yesTokenId: '',
    noTokenId: '',
    conditionId: '',
    resultTokenId: '',
    volume,
    volume24h: volume,
    volume7d: volume,
    quoteToken: QUOTE_TOKEN,
    chainId: CHAIN,
    questionId: '',
    createdAt: CREATED_S,
    cutoffAt: CLOSES_MS / 1000,
    resolvedAt: 0,
  };
}

/** `OrderbookResponse`: each token has a book of its own; the venue keeps the two in step. */
export function bookView(venue: Venue, market: Market, outcome: OutcomeIndex): Record<string, unknown> {
  const { bids, asks } = bookOf(venue, market);
  const [own, other] = outcome === 0 ? [bids, asks] : [asks, bids];
  const view = ({ price, size }: (typeof bids)[number]) => ({
    price: formatMicro(outcome === 0 ? price : ONE - price),
    size: formatMicro(size),
  });
  return {
    market: market.conditionId.slice(2),
    tokenId: market.tokens[outcome],
    timestamp: Date.now(),
    bids: own.map(view),
    asks: other.map(view),
  };
}

/** `LatestPriceResponse`; zeros where nothing was ever traded. */
export function latestPriceView(
  venue: Venue,
  market: Market,
  outcome: OutcomeIndex,
): Record<string, unknown> {
  const trade = present(venue, market).trades[0];
  const price = trade === undefined ? 0n : trade.outcome === outcome ? trade.price : ONE - trade.price;
  return {
    tokenId: market.tokens[outcome],
    price: formatMicro(price),
    side: trade?.side ?? '',
    size: formatMicro(trade?.size ?? 0n),
    timestamp: trade?.atMs ?? 0,
  };
}
