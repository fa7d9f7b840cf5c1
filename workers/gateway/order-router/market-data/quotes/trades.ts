import * as z from 'zod';
import type { PublicTrade } from '../../../../../shared/venues/port.ts';
import { route } from '../../../http/route.ts';
import { number } from '../../orders/order-wire.ts';
import { resolveOutcome } from './resolve-outcome.ts';
import { MAX_PAGE_CURSOR, readPageCursor, writePageCursor } from '../page-cursor.ts';
import { parsecId, selectMarket, selectorQuery, valueOrThrow } from '../market-selector.ts';

const PAGE = 200;
const MAX_PAGE = 500;

const unixSeconds = z.coerce.number().int().min(0).max(99_999_999_999).optional();

const trade = z.object({
  id: z.string(),
  price: z.number(),
  size: z.number(),
  /** Of the taker. */
  side: z.enum(['buy', 'sell']),
  aggressor_side: z.enum(['buy', 'sell']),
  outcome: z.string(),
  /** ISO-8601. */
  timestamp: z.string(),
  source_channel: z.string(),
});

export const trades = route({
  method: 'GET',
  path: '/api/v1/trades',
  summary: 'Public trades of an outcome, newest first, by pages. A page may be short and have a next one',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  query: selectorQuery.extend({
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
    cursor: z.string().max(MAX_PAGE_CURSOR).optional(),
    start_ts: unixSeconds,
    end_ts: unixSeconds,
  }),
  reply: {
    status: 200,
    schema: z.object({
      parsec_id: z.string(),
      exchange: z.string(),
      market_id: z.string(),
      outcome: z.string(),
      token_id: z.string().nullable(),
      trades: z.array(trade),
      has_more: z.boolean(),
      next_cursor: z.string().nullable(),
    }),
  },
  async handle({ env, query }) {
    const of = selectMarket(env, query);
    const { exchange, venue, marketId } = of;
    const { limit, start_ts: start = 0, end_ts: end = Number.POSITIVE_INFINITY } = query;
    const from = query.cursor === undefined ? undefined : readPageCursor(query.cursor, [exchange]);
    const { name: outcome, tokenId } = valueOrThrow(await resolveOutcome(of));
    const cursor = from?.exchanges[0]?.place;
    const page = valueOrThrow(await venue.trades({ marketId, outcome, limit, cursor }));
    const rows = page.items.filter(({ at }) => at >= start * 1000 && at < (end + 1) * 1000);
    const seen = (from?.seen ?? 0) + rows.length;
    const oldest = page.items.at(-1);
    // Newest first: beyond the first that is too old there is nothing more.
    const over = oldest !== undefined && oldest.at < start * 1000;
    const next = over ? undefined : page.next;
    return {
      body: {
        parsec_id: parsecId(exchange, marketId),
        exchange,
        market_id: marketId,
        outcome,
        token_id: tokenId ?? null,
        trades: rows.map((row) => toTrade(row, `${exchange}_rest`)),
        has_more: next !== undefined,
        next_cursor:
          next === undefined ? null : writePageCursor({ exchanges: [{ exchange, place: next }], seen }),
      },
    };
  },
});

function toTrade({ id, outcome, side, price, size, at }: PublicTrade, source: string): z.infer<typeof trade> {
  const taken = side === 'BUY' ? 'buy' : 'sell';
  return {
    id,
    price: number(price),
    size: number(size),
    side: taken,
    aggressor_side: taken,
    outcome,
    timestamp: new Date(at).toISOString(),
    source_channel: source,
  };
}
