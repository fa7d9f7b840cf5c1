import { createPublicKey } from 'node:crypto';
import { json } from '../../lib/http/route.ts';
import { formatMicro } from '../../lib/units.ts';
import { issueRegistration } from '../auth/sessions.ts';
import { participantOf, type User } from '../auth/users.ts';
import { expireOrders } from '../engine/cancel-order.ts';
import type { InstrumentBook } from '../engine/types.ts';
import { orderView, positionView, prune } from '../engine/views.ts';
import { balanceView } from '../commands/lookups.ts';
import { ExchangeError, invalid } from '../exchange-error.ts';
import { addUser } from '../local-users.ts';
import { replaceQuotes, requote, tick, type ExactQuote } from '../market/maker.ts';
import { route, type Route } from '../rest/routes.ts';
import { carryOut, deposit, nowMs, type Venue } from '../state.ts';
import * as schemas from './schemas.ts';
import { readControl, requireBook } from './schemas.ts';

/** The test's hand on the exchange itself. Local only, no part of the exchange's API. */
export const venueControlRoutes: readonly Route[] = [
  route('POST', '/__control/user', (venue, request) => {
    const user = addUser(venue, readControl(schemas.userSchema, request));
    return json({ username: user.name, participant: participantOf(user), accounts: user.accounts });
  }),
  route('POST', '/__control/registration', (venue, request) => {
    const user = requireKnown(venue, readControl(schemas.registrationSchema, request).username);
    return json({ token: issueRegistration(venue, user) });
  }),
  route('POST', '/__control/client', (venue, request) => {
    const { client_id: id, public_key, username } = readControl(schemas.clientSchema, request);
    const user = requireKnown(venue, username);
    venue.clients.set(id, { id, publicKey: rsaKey(public_key), user });
    return json({ client_id: id, participant: participantOf(user) });
  }),
  route('POST', '/__control/tokens', (venue, request) => {
    const { access_ttl_ms, refresh_ttl_ms, v1_ttl_ms } = readControl(schemas.tokensSchema, request);
    venue.accessTtlMs = access_ttl_ms ?? venue.accessTtlMs;
    venue.refreshTtlMs = refresh_ttl_ms ?? venue.refreshTtlMs;
    venue.v1TtlMs = v1_ttl_ms ?? venue.v1TtlMs;
    return json({
      access_ttl_ms: venue.accessTtlMs,
      refresh_ttl_ms: venue.refreshTtlMs,
      v1_ttl_ms: venue.v1TtlMs,
    });
  }),
  route('GET', '/__control/tokens', ({ issued }) => json({ issued })),
  route('POST', '/__control/clock', (venue, request) => {
    venue.clockOffsetMs = readControl(schemas.clockSchema, request).offset_ms;
    sweep(venue);
    return json({ now_ms: nowMs(venue) });
  }),
  route('POST', '/__control/tick', (venue, request) => {
    const { n } = readControl(schemas.tickSchema, request);
    for (let i = 0; i < n; i += 1) tick(venue);
    return json({ ticks: venue.ticks });
  }),
  route('POST', '/__control/book', (venue, request) => {
    const body = readControl(schemas.bookSchema, request);
    const book = requireBook(venue, body.symbol);
    const quotes = [
      ...body.bids.map((level): ExactQuote => ({ side: 'SIDE_BUY', ...level })),
      ...body.offers.map((level): ExactQuote => ({ side: 'SIDE_SELL', ...level })),
    ];
    refuseUnfit(book, quotes);
    venue.frozen.add(body.symbol);
    replaceQuotes(venue, book, quotes);
    return json({ symbol: body.symbol, frozen: true });
  }),
  route('POST', '/__control/unfreeze', (venue, request) => {
    const { symbol } = readControl(schemas.symbolSchema, request);
    for (const [index, book] of [...venue.engine.books.values()].entries()) {
      if (symbol !== undefined && symbol !== book.instrument.symbol) continue;
      if (venue.frozen.delete(book.instrument.symbol)) requote(venue, index, book);
    }
    return json({ frozen: [...venue.frozen] });
  }),
  route('POST', '/__control/instrument', (venue, request) => {
    const { symbol, state } = readControl(schemas.instrumentSchema, request);
    const book = requireBook(venue, symbol);
    book.state = state;
    carryOut(venue, ({ books }) => books.add(symbol));
    return json({ symbol, state });
  }),
  route('POST', '/__control/end-day', (venue) => {
    carryOut(venue, (effects) => expireOrders(venue.engine, effects, true));
    return json({});
  }),
  route('POST', '/__control/fund', (venue, request) => {
    const { account, usd } = readControl(schemas.fundSchema, request);
    return json({ account, balance: formatMicro(deposit(venue, account, usd)) });
  }),
  route('GET', '/__control/state', (venue, request) => json(stateOf(venue, request.query.get('account')))),
];

/** Ends orders whose time has come. Before every request and on every beat of the clock. */
export function sweep(venue: Venue): void {
  carryOut(venue, (effects) => expireOrders(venue.engine, effects, false));
}

/** Everything that clients' copies are compared with, as the wire writes it. */
function stateOf(venue: Venue, account: string | null): object {
  const { engine, log } = venue;
  const isAsked = (name: string): boolean => account === null || name === account;
  const accounts = [...engine.accounts.values()].filter(({ name }) => isAsked(name));
  return {
    orders: [...engine.orders.values()]
      .filter(({ owner }) => isAsked(owner.account))
      .map((order) => orderView(order, engine.books.get(order.terms.symbol)?.instrument)),
    open_orders: accounts.flatMap(({ openOrders }) => [...openOrders].map(({ id }) => id)).sort(),
    positions: accounts.flatMap(({ name, positions }) =>
      [...positions].map(([symbol, position]) => positionView(name, symbol, position)),
    ),
    balances: accounts.map(({ name }) => ({ account: name, ...balanceView(venue, name) })),
    executions: log.filter(({ owner }) => isAsked(owner.account)).map(({ view, seq }) => ({ seq, ...view })),
    books: [...engine.books.values()].map(({ instrument, state }) =>
      prune({ symbol: instrument.symbol, state }),
    ),
  };
}

function requireKnown(venue: Venue, username: string): User {
  const user = venue.users.get(username);
  if (user === undefined) throw new ExchangeError('NOT_FOUND', `no user ${username}`);
  return user;
}

function rsaKey(pem: string): ReturnType<typeof createPublicKey> {
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Said below, as for a key of another kind.
  }
  throw invalid('public_key: an RSA public key, PEM');
}

function refuseUnfit({ instrument }: InstrumentBook, quotes: readonly ExactQuote[]): void {
  for (const { px, qty } of quotes) {
    if (px <= 0n || px >= instrument.priceScale || px % instrument.tick !== 0n)
      throw invalid('prices must be on tick and between zero and one dollar');
    if (qty <= 0n || qty % instrument.minimumQuantity !== 0n) throw invalid('quantities must be positive');
  }
  const bids = quotes.filter(({ side }) => side === 'SIDE_BUY');
  const crossed = quotes.some(({ side, px }) => side === 'SIDE_SELL' && bids.some((bid) => bid.px >= px));
  if (crossed) throw invalid('bids must be below offers');
}
