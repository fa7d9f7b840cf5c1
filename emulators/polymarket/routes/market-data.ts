import * as z from 'zod';
import { midOf, topOf, type Side } from '../book/mirror.ts';
import { baseFeeBps, isYes } from '../catalog/market.ts';
import { json, jsonBody, route, type Route, type RouteRequest } from '../http/route.ts';
import { lastPriceFor, tradableByToken, type MarketState, type Venue } from '../state.ts';
import { formatMicro, type Micro } from '../../lib/units.ts';
import { badRequest, invalidPayload, noOrderbook, notFound } from '../venue-error.ts';
import { bookView } from './book-view.ts';

const MAX_BATCH = 500;

const batchSchema = z.array(z.object({ token_id: z.string(), side: z.string().optional() }));

export const marketDataRoutes: readonly Route[] = [
  route('GET', '/book', (venue, request) => {
    const { state, tokenId } = requireBook(venue, request);
    return json(bookView(state, tokenId));
  }),
  route('POST', '/books', (venue, request) =>
    json(batch(venue, request).map(({ state, tokenId }) => bookView(state, tokenId))),
  ),
  route('GET', '/price', (venue, request) => {
    const side = parseSide(request.query.get('side'));
    const { state, tokenId } = requireBook(venue, request);
    return json({ price: formatMicro(sidePrice(state, tokenId, side)) });
  }),
  route('POST', '/prices', (venue, request) => {
    const prices: Record<string, Record<string, string>> = {};
    for (const { state, tokenId, side } of batch(venue, request)) {
      const parsed = parseSide(side ?? null);
      const price = formatMicro(sidePrice(state, tokenId, parsed));
      prices[tokenId] = { ...prices[tokenId], [parsed]: price };
    }
    return json(prices);
  }),
  route('GET', '/midpoint', (venue, request) => {
    const { state, tokenId } = requireBook(venue, request);
    return json({ mid: formatMicro(midpoint(state, tokenId)) });
  }),
  route('POST', '/midpoints', (venue, request) => json(perToken(venue, request, midpoint))),
  route('GET', '/spread', (venue, request) => {
    const { state, tokenId } = requireBook(venue, request);
    return json({ spread: formatMicro(spread(state, tokenId)) });
  }),
  route('POST', '/spreads', (venue, request) => json(perToken(venue, request, spread))),
  route('GET', '/last-trade-price', (venue, request) => {
    const { state, tokenId } = requireBook(venue, request);
    return json(lastTrade(state, tokenId));
  }),
  route('POST', '/last-trades-prices', (venue, request) =>
    json(
      batch(venue, request).map(({ state, tokenId }) =>
        Object.assign(lastTrade(state, tokenId), { token_id: tokenId }),
      ),
    ),
  ),
  ...['/tick-size', '/tick-size/:token_id'].map((pattern) =>
    route('GET', pattern, (venue, request) =>
      json({ minimum_tick_size: Number(requireMarket(venue, request).market.tickText) }),
    ),
  ),
  ...['/neg-risk', '/neg-risk/:token_id'].map((pattern) =>
    route('GET', pattern, (venue, request) =>
      json({ neg_risk: requireMarket(venue, request).market.negRisk }),
    ),
  ),
  ...['/fee-rate', '/fee-rate/:token_id'].map((pattern) =>
    route('GET', pattern, (venue, request) =>
      json({ base_fee: baseFeeBps(requireMarket(venue, request, 'fee rate not found').market) }),
    ),
  ),
];

function tokenOf(request: RouteRequest): string {
  const tokenId = request.params['token_id'] ?? request.query.get('token_id') ?? '';
  if (!/^\d{1,78}$/.test(tokenId)) throw badRequest('Invalid token id');
  return tokenId;
}

interface TokenState {
  readonly state: MarketState;
  readonly tokenId: string;
}

function requireBook(venue: Venue, request: RouteRequest): TokenState {
  const tokenId = tokenOf(request);
  const state = tradableByToken(venue, tokenId);
  if (state === undefined) throw noOrderbook();
  return { state, tokenId };
}

/** Static facts stay readable after a market has closed. */
function requireMarket(venue: Venue, request: RouteRequest, text = 'market not found'): MarketState {
  const state = venue.byToken.get(tokenOf(request));
  if (state === undefined) throw notFound(text);
  return state;
}

function batch(
  venue: Venue,
  request: RouteRequest,
): readonly (TokenState & { readonly side: string | undefined })[] {
  const parsed = batchSchema.safeParse(jsonBody(request));
  if (!parsed.success) throw invalidPayload();
  if (parsed.data.length > MAX_BATCH) throw badRequest('Payload exceeds the limit');
  return parsed.data.flatMap(({ token_id: tokenId, side }) => {
    const state = tradableByToken(venue, tokenId);
    // Unknown tokens are left out of a batch rather than failing it.
    return state === undefined ? [] : [{ state, tokenId, side }];
  });
}

function perToken(
  venue: Venue,
  request: RouteRequest,
  value: (state: MarketState, tokenId: string) => Micro,
): Record<string, string> {
  return Object.fromEntries(
    batch(venue, request).map(({ state, tokenId }) => [tokenId, formatMicro(value(state, tokenId))]),
  );
}

function parseSide(text: string | null): Side {
  const side = text?.toUpperCase();
  if (side !== 'BUY' && side !== 'SELL') throw badRequest('Invalid side');
  return side;
}

/** BUY answers the best bid and SELL the best ask, as the venue documents it; 0 when empty. */
function sidePrice(state: MarketState, tokenId: string, side: Side): Micro {
  const top = topOf(state.book, isYes(state.market, tokenId));
  return (side === 'BUY' ? top.bid : top.ask) ?? 0n;
}

function midpoint(state: MarketState, tokenId: string): Micro {
  return midOf(topOf(state.book, isYes(state.market, tokenId))) ?? lastPriceFor(state, tokenId);
}

function spread(state: MarketState, tokenId: string): Micro {
  const top = topOf(state.book, isYes(state.market, tokenId));
  return top.bid === undefined || top.ask === undefined ? 0n : top.ask - top.bid;
}

function lastTrade(state: MarketState, tokenId: string): Record<string, string> {
  return { price: formatMicro(lastPriceFor(state, tokenId)), side: state.lastTrade.side };
}
