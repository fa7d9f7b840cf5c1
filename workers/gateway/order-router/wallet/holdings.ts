import * as z from 'zod';
import { openVenueClient } from '../../../../durable-objects/venue-access/venue-client.ts';
import { liveAccount, venueValueOrThrow } from '../../trading/live-account.ts';
import { accountHeaders, exchangeCredentialsHeader } from '../../http/request-headers.ts';
import { route, type AnyRoute } from '../../http/route.ts';
import { exchangeQuery } from '../exchange-query.ts';
import { fillView, marketId, positionView, toFillView, toPositionView } from '../orders/order-wire.ts';
import { tradingExchange } from '../orders/orders.ts';
import { paperFills, paperPositions } from '../orders/paper-orders.ts';
import { venueModules } from '../../credentials/venue-modules.ts';

/** Fills of one list, if the request names no number, and at most. */
const PAGE = 100;
const MAX_PAGE = 500;

// These change nothing, so the venue is asked from here.

const positions = route({
  method: 'GET',
  path: '/api/v1/positions',
  summary: 'Positions on an exchange; current_price is null where the exchange names none',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  headers: [...accountHeaders, exchangeCredentialsHeader],
  query: exchangeQuery.extend({ market_id: marketId.optional() }),
  reply: { status: 200, schema: z.array(positionView) },
  async handle(call) {
    const exchange = tradingExchange(call.query, call);
    const rows =
      exchange === 'paper'
        ? await paperPositions(call)
        : venueValueOrThrow(
            exchange,
            await openVenueClient(call.env, (await liveAccount(call, exchange)).access).positions(),
          );
    const { market_id } = call.query;
    return {
      body: rows.filter((row) => market_id === undefined || row.marketId === market_id).map(toPositionView),
    };
  },
});

const fills = route({
  method: 'GET',
  path: '/api/v1/fills',
  summary: 'Executions on an exchange, newest first',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  headers: [...accountHeaders, exchangeCredentialsHeader],
  query: exchangeQuery.extend({
    market_id: marketId.optional(),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
  }),
  reply: { status: 200, schema: z.array(fillView) },
  async handle(call) {
    const exchange = tradingExchange(call.query, call);
    const query = { marketId: call.query.market_id, limit: call.query.limit };
    if (exchange === 'paper') return { body: (await paperFills(call, query)).map(toFillView) };
    const { stub, access } = await liveAccount(call, exchange);
    const told = venueValueOrThrow(exchange, await openVenueClient(call.env, access).fills(query));
    const needsTerms = venueModules[exchange].fillsNeedOrderTerms && told.length > 0;
    const rows = needsTerms ? await stub.liveFills(exchange, told) : told;
    return { body: rows.map(toFillView) };
  },
});

export const holdingRoutes: readonly AnyRoute[] = [positions, fills];
