import * as z from 'zod';
import { now } from '../../../../shared/clock.ts';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { tiers } from '../../../../shared/limits/tiers.ts';
import { refuseTerms, unsupported } from '../../../../shared/venues/port/capabilities.ts';
import { isLiveVenue, type VenueName, type LiveVenue } from '../../../../shared/venues/venue-names.ts';
import { kalshiCapabilities } from '../../../../shared/venues/kalshi/capabilities.ts';
import { polymarketCapabilities } from '../../../../shared/venues/polymarket/capabilities.ts';
import type { VenueOrder } from '../../../../shared/venues/port.ts';
import { outcomeUnknown } from '../../trading/place-orders.ts';
import { refuseCredentials, type DeclaredHeaders } from '../../credentials/header-credentials.ts';
import { liveAccount, toLiveFailure, venueValueOrThrow } from '../../trading/live-account.ts';
import { commandIdentityOf, replayedHeader } from '../../context/command-identity.ts';
import { principalOf } from '../../context/caller.ts';
import { accountHeaders, exchangeCredentialsHeader, placeHeaders } from '../../http/request-headers.ts';
import { route, type AnyRoute, type Call } from '../../http/route.ts';
import { exchangeNamed, exchangeQuery } from '../exchange-query.ts';
import { orderFeeOf } from './order-fee.ts';
import { marketId, orderBody, orderId, orderView, toOrderView, toTerms } from './order-wire.ts';
import { cancelOnPaper, paperOrder, paperOrders, placeOnPaper } from './paper-orders.ts';
import type { LiveWork } from '../../../../durable-objects/trading-account/api.ts';

/** Orders of one list, if the request names no number, and at most. */
const PAGE = 100;
const MAX_PAGE = 500;

const unixSeconds = z.coerce.number().int().min(0).max(99_999_999_999);

/** Where orders can go: a live venue or paper. Throws NOT_SUPPORTED for those with data only. */
export function tradingExchange(
  query: z.infer<typeof exchangeQuery>,
  call: DeclaredHeaders,
): LiveVenue | 'paper' {
  const exchange: VenueName = exchangeNamed(query);
  if (isLiveVenue(exchange)) return exchange;
  if (exchange !== 'paper') throw new RequestError(unsupported(exchange, 'trading'));
  refuseCredentials(exchange, call);
  return exchange;
}

const place = route({
  method: 'POST',
  path: '/api/v1/orders',
  summary: 'Place an order on an exchange. A request that is repeated under its name places one order',
  tag: 'router',
  auth: { kind: 'router', permission: 'trade' },
  headers: [...placeHeaders, exchangeCredentialsHeader],
  query: exchangeQuery,
  body: orderBody,
  reply: { status: 200, schema: orderView },
  async handle(call) {
    const terms = toTerms(call.body);
    const exchange = tradingExchange(call.query, call);
    const fee = await orderFeeOf(call, exchange);
    if (exchange === 'paper') {
      const { order, replayed } = await placeOnPaper(call);
      return { body: toOrderView(order), headers: replayedHeader(replayed) };
    }
    // Before any credential is looked at: an unsupported combination is one whoever asks.
    const refused = refuseTerms(capabilities[exchange], terms, now());
    if (refused?.reason === 'NOT_SUPPORTED') throw new RequestError(refused);
    return submit(call, exchange, { kind: 'place', terms, ...(fee && { fee }) });
  },
});

const cancel = route({
  method: 'DELETE',
  path: '/api/v1/orders/{id}',
  summary: 'Cancel an order; what had filled stays',
  tag: 'router',
  auth: { kind: 'router', permission: 'trade' },
  headers: [...placeHeaders, exchangeCredentialsHeader],
  params: z.object({ id: orderId }),
  query: exchangeQuery,
  reply: { status: 200, schema: orderView },
  async handle(call) {
    const exchange = tradingExchange(call.query, call);
    const { id } = call.params;
    if (exchange === 'paper') {
      const { order, replayed } = await cancelOnPaper(call, id);
      return { body: toOrderView(order), headers: replayedHeader(replayed) };
    }
    return submit(call, exchange, { kind: 'cancel', orderId: id });
  },
});

const read = route({
  method: 'GET',
  path: '/api/v1/orders/{id}',
  summary: 'One order',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  headers: [...accountHeaders, exchangeCredentialsHeader],
  params: z.object({ id: orderId }),
  query: exchangeQuery,
  reply: { status: 200, schema: orderView },
  async handle(call) {
    const exchange = tradingExchange(call.query, call);
    const { id } = call.params;
    if (exchange === 'paper') return { body: toOrderView(await paperOrder(call, id)) };
    const { stub, access } = await liveAccount(call, exchange);
    return { body: toOrderView(venueValueOrThrow(exchange, await stub.liveOrder(access, id))) };
  },
});

const list = route({
  method: 'GET',
  path: '/api/v1/orders',
  summary: 'Orders, newest first; those that are open unless status says otherwise',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  headers: [...accountHeaders, exchangeCredentialsHeader],
  query: exchangeQuery.extend({
    market_id: marketId.optional(),
    status: z.enum(['open', 'closed', 'all']).default('open'),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
    start_ts: unixSeconds.optional(),
    end_ts: unixSeconds.optional(),
  }),
  reply: { status: 200, schema: z.array(orderView) },
  async handle(call) {
    const { exchange: _, market_id, status, limit, start_ts, end_ts } = call.query;
    const exchange = tradingExchange(call.query, call);
    const query = { marketId: market_id, status, limit, startTs: start_ts, endTs: end_ts };
    if (exchange === 'paper') return { body: (await paperOrders(call, query)).map(toOrderView) };
    const { stub, access } = await liveAccount(call, exchange);
    const orders: readonly VenueOrder[] = venueValueOrThrow(exchange, await stub.liveOrders(access, query));
    return { body: orders.map(toOrderView) };
  },
});

const capabilities = { polymarket: polymarketCapabilities, kalshi: kalshiCapabilities };

/** Has the account's object do it, at most once. */
async function submit(call: Call<unknown, unknown, unknown>, exchange: LiveVenue, work: LiveWork) {
  const { stub, access } = await liveAccount(call, exchange);
  const maxWrites = tiers[principalOf(call.caller).tier].tradeWritesInFlight;
  const commandIdentity = await commandIdentityOf(call);
  const reply = await stub.submit({ access, work, commandIdentity, maxWrites }).catch(outcomeUnknown);
  if (!reply.ok) throw new RequestError(toLiveFailure(exchange, reply));
  return { body: toOrderView(reply.order), headers: replayedHeader(reply.replayed) };
}

export const orderRoutes: readonly AnyRoute[] = [place, list, read, cancel];
