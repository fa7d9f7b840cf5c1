import { json, route, type Route } from '../http/route.ts';
import type { Holding } from '../ledger.ts';
import type { MakerFill, TradeRecord } from '../orders/records.ts';
import { isYes, outcomeOf } from '../catalog/market.ts';
import type { MarketState, Venue } from '../state.ts';
import { microToNumber, mulFloor, ONE, type Micro } from '../../lib/units.ts';
import { badRequest } from '../venue-error.ts';
import { displayPrice } from './market-view.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

export const dataApiRoutes: readonly Route[] = [
  route('GET', '/data-api/', () => json({ data: 'OK' })),
  route('GET', '/data-api/positions', (venue, { query }) => {
    const user = requireUser(query);
    const market = query.get('market')?.split(',');
    const rows = holdingsOf(venue, user)
      .filter(({ state }) => market === undefined || market.includes(state.market.conditionId))
      .map((held) => positionView(user, held));
    return json(windowOf(rows, query));
  }),
  route('GET', '/data-api/value', (venue, { query }) => {
    const user = requireUser(query);
    const value = holdingsOf(venue, user).reduce(
      (sum, { state, tokenId, holding }) => sum + mulFloor(holding.shares, displayPrice(state, tokenId)),
      0n,
    );
    return json([{ user, value: microToNumber(value) }]);
  }),
  route('GET', '/data-api/trades', (venue, { query }) =>
    json(windowOf(partiesOf(venue, query), query).map((party) => tradeRow(venue, party))),
  ),
  route('GET', '/data-api/activity', (venue, { query }) => {
    requireUser(query);
    return json(windowOf(partiesOf(venue, query), query).map((party) => activityRow(venue, party)));
  }),
];

interface Held {
  readonly state: MarketState;
  readonly tokenId: string;
  readonly holding: Holding;
}

function holdingsOf(venue: Venue, user: string): readonly Held[] {
  const account = venue.ledger.accounts.get(user.toLowerCase());
  return [...(account?.holdings ?? [])].flatMap(([tokenId, holding]) => {
    const state = venue.byToken.get(tokenId);
    return state === undefined || holding.shares <= 0n ? [] : [{ state, tokenId, holding }];
  });
}

function positionView(user: string, { state, tokenId, holding }: Held): Record<string, unknown> {
  const { market } = state;
  const yes = isYes(market, tokenId);
  const price = displayPrice(state, tokenId);
  const current = mulFloor(holding.shares, price);
  return {
    proxyWallet: user,
    asset: tokenId,
    conditionId: market.conditionId,
    size: microToNumber(holding.shares),
    avgPrice: microToNumber((holding.cost * ONE) / holding.shares),
    initialValue: microToNumber(holding.cost),
    currentValue: microToNumber(current),
    cashPnl: microToNumber(current - holding.cost),
    percentPnl: percent(current - holding.cost, holding.cost),
    totalBought: microToNumber(holding.bought),
    realizedPnl: microToNumber(holding.realized),
    percentRealizedPnl: percent(holding.realized, holding.cost),
    curPrice: microToNumber(price),
    redeemable: state.winner !== undefined,
    mergeable: false,
    title: market.question,
    slug: market.slug,
    icon: '',
    eventId: market.event.id,
    eventSlug: market.event.slug,
    outcome: outcomeOf(market, tokenId),
    outcomeIndex: yes ? 0 : 1,
    oppositeOutcome: yes ? 'No' : 'Yes',
    oppositeAsset: yes ? market.noToken : market.yesToken,
    endDate: market.endDate.slice(0, 10),
    negativeRisk: market.negRisk,
  };
}

function percent(part: Micro, whole: Micro): number {
  return whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 10_000;
}

/** One row per wallet that took part; the house is nobody's wallet. */
interface Party {
  readonly trade: TradeRecord;
  readonly wallet: string;
  readonly tokenId: string;
  readonly side: 'BUY' | 'SELL';
  readonly shares: Micro;
  readonly price: Micro;
}

function partiesOf(venue: Venue, query: URLSearchParams): readonly Party[] {
  const user = query.get('user')?.toLowerCase();
  const markets = query.get('market')?.split(',');
  const takerOnly = query.get('takerOnly') === 'true';
  return [...venue.trades.values()]
    .filter((trade) => markets === undefined || markets.includes(trade.conditionId))
    .flatMap((trade) => (takerOnly ? takerOf(trade) : partiesOfTrade(trade)))
    .filter((party) => user === undefined || party.wallet.toLowerCase() === user)
    .toReversed();
}

function partiesOfTrade(trade: TradeRecord): readonly Party[] {
  const makers = trade.makers
    .filter((maker) => maker.makerKey !== null)
    .map((maker) => makerParty(trade, maker));
  return [...makers, ...takerOf(trade)];
}

function takerOf(trade: TradeRecord): readonly Party[] {
  const { tokenId, side, shares, price } = trade;
  if (trade.takerKey === null) return [];
  return [{ trade, wallet: trade.takerMaker, tokenId, side, shares, price }];
}

function makerParty(trade: TradeRecord, fill: MakerFill): Party {
  const { maker: wallet, tokenId, side, shares, price } = fill;
  return { trade, wallet, tokenId, side, shares, price };
}

function activityRow(venue: Venue, party: Party): Record<string, unknown> {
  const usdcSize = microToNumber(mulFloor(party.shares, party.price));
  return { ...tradeRow(venue, party), type: 'TRADE', usdcSize };
}

function tradeRow(venue: Venue, party: Party): Record<string, unknown> {
  const market = venue.byCondition.get(party.trade.conditionId)?.market;
  return {
    proxyWallet: party.wallet,
    side: party.side,
    asset: party.tokenId,
    conditionId: party.trade.conditionId,
    size: microToNumber(party.shares),
    price: microToNumber(party.price),
    timestamp: Math.floor(party.trade.matchedAtMs / 1000),
    title: market?.question ?? '',
    slug: market?.slug ?? '',
    icon: '',
    eventSlug: market?.event.slug ?? '',
    outcome: market === undefined ? '' : outcomeOf(market, party.tokenId),
    outcomeIndex: market?.yesToken === party.tokenId ? 0 : 1,
    name: '',
    pseudonym: '',
    bio: '',
    profileImage: '',
    profileImageOptimized: '',
    transactionHash: party.trade.transactionHash,
  };
}

function requireUser(query: URLSearchParams): string {
  const user = query.get('user') ?? '';
  if (!/^0x[0-9a-fA-F]{40}$/.test(user)) throw badRequest("required query param 'user' not provided");
  return user;
}

function windowOf<T>(rows: readonly T[], query: URLSearchParams): readonly T[] {
  const offset = Number(query.get('offset') ?? 0);
  const limit = Math.min(MAX_LIMIT, Number(query.get('limit') ?? DEFAULT_LIMIT));
  if (!Number.isInteger(offset) || !Number.isInteger(limit) || offset < 0 || limit < 0) {
    throw badRequest('invalid pagination');
  }
  return rows.slice(offset, offset + limit);
}
