import * as z from 'zod';
import type { Quote } from '../../lib/book/synthetic-quotes.ts';
import { ONE, parseMicro, type Micro } from '../../lib/units.ts';
import { readPublicKey, registerKey } from '../auth/api-keys.ts';
import { allowsFractions } from '../catalog/market.ts';
import { replaceQuotes } from '../clock/quote-book.ts';
import { tick } from '../clock/tick.ts';
import { json, jsonBody, route, type Route, type RouteRequest } from '../http/route.ts';
import { accountOf, contractsOf, deposit, settleMarket, settleTrade } from '../ledger.ts';
import { cancelWhere, clearMarket, sweep } from '../orders/cancel-order.ts';
import { orderView } from '../orders/views.ts';
import { nowMs, userIdOf, type MarketState, type Venue } from '../state.ts';
import { badParameter, notFound } from '../venue-error.ts';
import { contracts, COUNT_STEP, dollars } from '../wire.ts';

/**
 * The test's hand on the venue. Local only, no part of Kalshi's API. Decimals are strings or numbers, in dollars and
 * contracts; accounts are named by any label.
 */
const decimal = z.union([z.string(), z.number()]).transform((value, context): Micro => {
  const micro = parseMicro(String(value));
  if (micro !== undefined) return micro;
  context.addIssue({ code: 'custom', message: 'a decimal with at most 6 places' });
  return z.NEVER;
});
const levels = z
  .array(z.object({ price: decimal, count: decimal }))
  .max(500)
  .default([]);
const account = z.string().min(1).max(100);

const MAX_TICKS_PER_CALL = 10_000;

const tickSchema = z.object({ n: z.number().int().min(1).max(MAX_TICKS_PER_CALL).default(1) });
const bookSchema = z.object({ ticker: z.string(), bids: levels, asks: levels });
const unfreezeSchema = z.object({ ticker: z.string().optional() });
const tickerSchema = z.object({ ticker: z.string() });
const resolveSchema = z.object({ ticker: z.string(), result: z.enum(['yes', 'no']) });
const pauseSchema = z.object({ trading_active: z.boolean() });
const clockSchema = z.object({ offset_ms: z.number().int().min(-1e11).max(1e11) });
const keySchema = z.object({
  account,
  public_key: z.string().max(10_000),
  api_key_id: z.string().min(1).max(100).optional(),
  name: z.string().max(200).default('control'),
});
const fundSchema = z.object({
  account,
  usd: decimal.optional(),
  ticker: z.string().optional(),
  outcome: z.enum(['yes', 'no']).default('yes'),
  count: decimal.optional(),
});

export const controlRoutes: readonly Route[] = [
  route('POST', '/__control/tick', (venue, request) => {
    const { n } = read(tickSchema, request);
    for (let i = 0; i < n; i += 1) tick(venue);
    return json({ ticks: venue.ticks });
  }),
  // Levels of YES: `asks` are what NO bidders offer, at 1 - price.
  route('POST', '/__control/book', (venue, request) => {
    const body = read(bookSchema, request);
    const state = requireActive(venue, body.ticker);
    const quotes = [
      ...body.bids.map((level) => quoteOf(state, 'bid', level)),
      ...body.asks.map((level) => quoteOf(state, 'ask', level)),
    ];
    refuseCrossed(quotes);
    state.frozen = true;
    replaceQuotes(venue, state, quotes);
    return json({ frozen: true, levels: quotes.length });
  }),
  route('POST', '/__control/unfreeze', (venue, request) => {
    const { ticker } = read(unfreezeSchema, request);
    for (const state of venue.markets) {
      if (ticker === undefined || ticker === state.market.ticker) state.frozen = false;
    }
    return json({ ok: true });
  }),
  route('POST', '/__control/close', (venue, request) => {
    const state = requireActive(venue, read(tickerSchema, request).ticker);
    clearMarket(venue, state);
    state.status = 'closed';
    return json({ ok: true });
  }),
  route('POST', '/__control/resolve', (venue, request) => {
    const { ticker, result } = read(resolveSchema, request);
    const state = requireMarket(venue, ticker);
    if (state.status === 'finalized') throw badParameter('it is settled already');
    clearMarket(venue, state);
    state.status = 'finalized';
    state.result = result;
    state.settledAtMs = nowMs(venue);
    settleMarket(venue.ledger, ticker, result, state.settledAtMs);
    return json({ ok: true });
  }),
  // A trading pause: no new orders, cancels work, `cancel_order_on_pause` does what it says.
  route('POST', '/__control/pause', (venue, request) => {
    venue.tradingActive = read(pauseSchema, request).trading_active;
    if (!venue.tradingActive) cancelWhere(venue, (order) => order.cancelOnPause);
    return json({ trading_active: venue.tradingActive });
  }),
  // Shifts the venue's clock: expires orders, skews signatures.
  route('POST', '/__control/clock', (venue, request) => {
    venue.clockOffsetMs = read(clockSchema, request).offset_ms;
    sweep(venue);
    return json({ now_ms: nowMs(venue) });
  }),
  route('POST', '/__control/api-key', (venue, request) => {
    const body = read(keySchema, request);
    const publicKey = readPublicKey(body.public_key);
    if (publicKey === undefined) throw badParameter('public_key: an RSA public key of 2048 bits or more');
    const userId = userIdOf(venue, body.account);
    const named = body.api_key_id === undefined ? {} : { id: body.api_key_id };
    const key = registerKey(venue, { userId, name: body.name, publicKey, ...named });
    return json({ api_key_id: key.id, user_id: userId });
  }),
  route('POST', '/__control/fund', (venue, request) => {
    const body = read(fundSchema, request);
    const userId = userIdOf(venue, body.account);
    const { cash } = deposit(venue.ledger, userId, body.usd ?? 0n);
    if (body.ticker === undefined || body.count === undefined) return json({ cash: dollars(cash) });
    grant(venue, userId, requireMarket(venue, body.ticker), body.outcome, body.count);
    const held = contractsOf(accountOf(venue.ledger, userId), body.ticker);
    return json({ cash: dollars(cash), position: contracts(held) });
  }),
  route('GET', '/__control/orders', (venue) => json([...venue.orders.values()].map(orderView))),
];

export function read<T>(schema: z.ZodType<T>, request: RouteRequest): T {
  const body = request.rawBody === '' ? {} : jsonBody(request);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw badParameter(z.prettifyError(parsed.error));
  return parsed.data;
}

function quoteOf(
  { market }: MarketState,
  side: 'bid' | 'ask',
  { price, count }: { readonly price: Micro; readonly count: Micro },
): Quote {
  if (price % market.tick !== 0n || price <= 0n || price >= ONE) {
    throw badParameter('prices must be on tick and inside (0, 1)');
  }
  const step = allowsFractions(market) ? COUNT_STEP : ONE;
  if (count <= 0n || count % step !== 0n) throw badParameter('counts must be contracts of this market');
  return { side, price, size: count };
}

function refuseCrossed(quotes: readonly Quote[]): void {
  const asks = quotes.filter((quote) => quote.side === 'ask');
  const crossed = quotes.some(
    (quote) => quote.side === 'bid' && asks.some((ask) => ask.price <= quote.price),
  );
  if (crossed) throw badParameter('bids must be below asks');
}

function requireMarket(venue: Venue, ticker: string): MarketState {
  const state = venue.byTicker.get(ticker);
  if (state === undefined) throw notFound();
  return state;
}

function requireActive(venue: Venue, ticker: string): MarketState {
  const state = requireMarket(venue, ticker);
  if (state.status !== 'active') throw badParameter('the market is closed');
  return state;
}

/** The house takes the other side for nothing, so that every contract stays backed by a dollar. */
function grant(
  venue: Venue,
  userId: string,
  { market }: MarketState,
  outcome: 'yes' | 'no',
  count: Micro,
): void {
  if (count % ONE !== 0n) throw badParameter('whole contracts');
  const user = accountOf(venue.ledger, userId);
  const { house } = venue.ledger;
  const [buyer, seller] = outcome === 'yes' ? [user, house] : [house, user];
  const price = outcome === 'yes' ? 0n : ONE;
  settleTrade(venue.ledger, buyer, seller, { ticker: market.ticker, count, price, nowMs: nowMs(venue) });
}
