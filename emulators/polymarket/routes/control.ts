import * as z from 'zod';
import { createBuilderKey, registerBuilderKey } from '../auth/builder-keys.ts';
import type { Quote } from '../../lib/book/synthetic-quotes.ts';
import { mirrorPrice } from '../book/mirror.ts';
import { isYes } from '../catalog/market.ts';
import { replaceQuotes } from '../clock/quote-book.ts';
import { tick } from '../clock/tick.ts';
import { json, jsonBody, route, type Route, type RouteRequest } from '../http/route.ts';
import { accountOf, deposit, holdingOf } from '../ledger.ts';
import { clearMarket, sweep } from '../orders/cancel-order.ts';
import { nowMs, type MarketState, type Venue } from '../state.ts';
import { formatMicro, ONE, parseMicro, type Micro } from '../../lib/units.ts';
import { badRequest, notFound } from '../venue-error.ts';

/**
 * The test's hand on the venue. Local only, no part of Polymarket's API. Decimals are strings or
 * numbers in dollars and shares.
 */
const decimal = z.union([z.string(), z.number()]).transform((value, context): Micro => {
  const micro = parseMicro(String(value));
  if (micro !== undefined) return micro;
  context.addIssue({ code: 'custom', message: 'a decimal with at most 6 places' });
  return z.NEVER;
});
const level = z.object({ price: decimal, size: decimal });
const levels = z.array(level).max(500).default([]);
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

const MAX_TICKS_PER_CALL = 10_000;

const tickSchema = z.object({ n: z.number().int().min(1).max(MAX_TICKS_PER_CALL).default(1) });
const bookSchema = z.object({ token_id: z.string(), bids: levels, asks: levels });
const conditionSchema = z.object({ condition_id: z.string() });
const resolveSchema = z.object({ condition_id: z.string(), winner: z.string() });
const unfreezeSchema = z.object({ token_id: z.string().optional(), condition_id: z.string().optional() });
const clockSchema = z.object({ offset_ms: z.number().int().min(-1e11).max(1e11) });
const fundSchema = z.object({
  address,
  usdc: decimal.optional(),
  token_id: z.string().optional(),
  shares: decimal.optional(),
});
const builderSchema = z.object({
  key: z.string().optional(),
  secret: z.string().optional(),
  passphrase: z.string().optional(),
});

export const controlRoutes: readonly Route[] = [
  route('POST', '/__control/tick', (venue, request) => {
    const { n } = read(tickSchema, request);
    for (let i = 0; i < n; i += 1) tick(venue);
    return json({ ticks: venue.ticks });
  }),
  route('POST', '/__control/book', (venue, request) => {
    const body = read(bookSchema, request);
    const state = requireToken(venue, body.token_id);
    const yes = isYes(state.market, body.token_id);
    const quotes = [
      ...body.bids.map((l): Quote => quoteOf(state, yes, 'BUY', l)),
      ...body.asks.map((l): Quote => quoteOf(state, yes, 'SELL', l)),
    ];
    refuseCrossed(quotes);
    state.frozen = true;
    replaceQuotes(venue, state, quotes);
    return json({ frozen: true, levels: quotes.length });
  }),
  route('POST', '/__control/unfreeze', (venue, request) => {
    const body = read(unfreezeSchema, request);
    for (const state of venue.markets) {
      const { conditionId, yesToken, noToken } = state.market;
      const wanted = body.condition_id ?? body.token_id;
      if (wanted === undefined || [conditionId, yesToken, noToken].includes(wanted)) state.frozen = false;
    }
    return json({ ok: true });
  }),
  route('POST', '/__control/resolve', (venue, request) => {
    const body = read(resolveSchema, request);
    const state = requireCondition(venue, body.condition_id);
    if (venue.byToken.get(body.winner) !== state) throw badRequest('winner is not a token of it');
    stopTrading(venue, state, true);
    state.winner = body.winner;
    return json({ ok: true });
  }),
  route('POST', '/__control/close', (venue, request) => {
    stopTrading(venue, requireCondition(venue, read(conditionSchema, request).condition_id), false);
    return json({ ok: true });
  }),
  route('POST', '/__control/fund', (venue, request) => {
    const body = read(fundSchema, request);
    const account = accountOf(venue.ledger, body.address);
    if (body.usdc !== undefined) deposit(venue.ledger, body.address, body.usdc);
    if (body.token_id !== undefined && body.shares !== undefined) {
      grantShares(venue, body.address, body.token_id, body.shares);
    }
    return json({ usdc: formatMicro(account.cash) });
  }),
  // Shifts the venue's clock: ages GTD orders, lapses heartbeats, skews signatures.
  route('POST', '/__control/clock', (venue, request) => {
    venue.clockOffsetMs = read(clockSchema, request).offset_ms;
    sweep(venue);
    return json({ now_ms: nowMs(venue) });
  }),
  route('POST', '/__control/builder-key', (venue, request) => {
    const body = read(builderSchema, request);
    const made = createBuilderKey(venue.builderKeys, '', nowMs(venue));
    const key = {
      ...made,
      key: body.key ?? made.key,
      secret: body.secret ?? made.secret,
      passphrase: body.passphrase ?? made.passphrase,
    };
    registerBuilderKey(venue.builderKeys, key);
    return json({ key: key.key, secret: key.secret, passphrase: key.passphrase });
  }),
  route('GET', '/__control/orders', (venue) =>
    json(
      [...venue.orders.values()].map((order) => ({
        hash: order.id,
        status: order.status,
        owner: order.owner,
        maker: order.maker,
        signer: order.signer,
        market: order.conditionId,
        token_id: order.tokenId,
        side: order.side,
        price: formatMicro(order.price),
        order_type: order.orderType,
        original_size: formatMicro(order.shares),
        size_matched: formatMicro(order.matchedShares),
        usd_matched: formatMicro(order.matchedUsd),
        builder: order.builder ?? null,
        trades: order.tradeIds,
        created_at: order.createdAt,
      })),
    ),
  ),
];

export function read<T>(schema: z.ZodType<T>, request: RouteRequest): T {
  const body = request.rawBody === '' ? {} : jsonBody(request);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw badRequest(z.prettifyError(parsed.error));
  return parsed.data;
}

function quoteOf(
  { market }: MarketState,
  yes: boolean,
  side: 'BUY' | 'SELL',
  { price, size }: { readonly price: Micro; readonly size: Micro },
): Quote {
  if (price % market.tick !== 0n || price <= 0n || price >= ONE || size <= 0n) {
    throw badRequest('levels must be on tick, inside (0, 1), and have a size');
  }
  return { side: (side === 'BUY') === yes ? 'bid' : 'ask', price: mirrorPrice(price, yes), size };
}

function refuseCrossed(quotes: readonly Quote[]): void {
  const asks = quotes.filter((quote) => quote.side === 'ask');
  const crossed = quotes.some(
    (quote) => quote.side === 'bid' && asks.some((ask) => ask.price <= quote.price),
  );
  if (crossed) throw badRequest('bids must be below asks');
}

function requireToken(venue: Venue, tokenId: string): MarketState {
  const state = venue.byToken.get(tokenId);
  if (state === undefined) throw notFound('market not found');
  return state;
}

function requireCondition(venue: Venue, conditionId: string): MarketState {
  const state = venue.byCondition.get(conditionId);
  if (state === undefined) throw notFound('market not found');
  return state;
}

function stopTrading(venue: Venue, state: MarketState, resolved: boolean): void {
  clearMarket(venue, state, resolved);
  state.accepting = false;
  state.closedAtMs = nowMs(venue);
  state.changedAtMs = nowMs(venue);
}

/** Shares come out of a set that the house mints, so that they stay backed by collateral. */
function grantShares(venue: Venue, wallet: string, tokenId: string, shares: Micro): void {
  const { market } = requireToken(venue, tokenId);
  const other = tokenId === market.yesToken ? market.noToken : market.yesToken;
  const { ledger } = venue;
  ledger.house.cash -= shares;
  ledger.sets.set(market.conditionId, (ledger.sets.get(market.conditionId) ?? 0n) + shares);
  holdingOf(ledger.house, other).shares += shares;
  const holding = holdingOf(accountOf(ledger, wallet), tokenId);
  holding.shares += shares;
  holding.bought += shares;
}
