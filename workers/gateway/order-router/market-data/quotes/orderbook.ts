import * as z from 'zod';
import { invalidMember, RequestError } from '../../../../../shared/errors/failure.ts';
import { unsupported } from '../../../../../shared/venues/port/capabilities.ts';
import type { Level } from '../../../../../shared/venues/port.ts';
import { route } from '../../../http/route.ts';
import { number } from '../../orders/order-wire.ts';
import { parsecId, selectMarket, selectorQuery, valueOrThrow } from '../market-selector.ts';

/** Levels of a side, if the request names no number, and at most (contract: router, "Market data"). */
const LEVELS = 50;
const MAX_LEVELS = 100;

const depth = z.coerce.number().int().min(1).max(MAX_LEVELS).optional();
const history = z.string().max(1_000).optional();
/** Price and size. */
const level = z.tuple([z.number(), z.number()]);

export const orderbook = route({
  method: 'GET',
  path: '/api/v1/orderbook',
  summary: 'Order book of an outcome now: bids from the highest, asks from the lowest',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  query: selectorQuery.extend({
    limit: depth,
    /** The websocket's word for `limit`. */
    depth,
    // Books of the past: no exchange here has them.
    start_ts: history,
    end_ts: history,
    cursor: history,
  }),
  reply: {
    status: 200,
    schema: z.object({
      parsec_id: z.string(),
      exchange: z.string(),
      outcome: z.string(),
      token_id: z.string().nullable(),
      market_id: z.string(),
      bids: z.array(level),
      asks: z.array(level),
      /** ISO-8601. */
      timestamp: z.string(),
      tick_size: z.number().optional(),
      min_order_size: z.number().optional(),
    }),
  },
  async handle({ env, query }) {
    const { exchange, venue, ...of } = selectMarket(env, query);
    if (query.start_ts !== undefined || query.end_ts !== undefined || query.cursor !== undefined)
      throw new RequestError(unsupported(exchange, 'order books of the past'));
    const limit = query.limit ?? query.depth ?? LEVELS;
    if (query.depth !== undefined && query.depth !== limit)
      throw new RequestError(invalidMember('depth', 'is another number than limit'));
    const { marketId, outcome, tokenId, bids, asks, at, tick, minSize } = valueOrThrow(await venue.book(of));
    return {
      body: {
        parsec_id: parsecId(exchange, marketId),
        exchange,
        outcome,
        token_id: tokenId ?? null,
        market_id: marketId,
        bids: toPairs(bids, limit),
        asks: toPairs(asks, limit),
        timestamp: new Date(at).toISOString(),
        ...(tick !== undefined && { tick_size: number(tick) }),
        ...(minSize !== undefined && { min_order_size: number(minSize) }),
      },
    };
  },
});

const toPairs = (levels: readonly Level[], limit: number): readonly (readonly [number, number])[] =>
  levels.slice(0, limit).map(({ price, size }) => [number(price), number(size)]);
