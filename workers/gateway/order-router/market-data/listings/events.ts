import * as z from 'zod';
import { route } from '../../../http/route.ts';
import { number } from '../../orders/order-wire.ts';
import { eventView, marketStatus, toEventView, toStatus, volumeOf } from './market-wire.ts';
import { exchangeList, exchangesFor, exchangeStatus, mergeListings, pagination } from './merged-listing.ts';
import { microQuery } from '../micro-query.ts';
import { MAX_PAGE_CURSOR } from '../page-cursor.ts';
import { venueFor } from '../market-selector.ts';

const PAGE = 50;
const MAX_PAGE = 100;

export const events = route({
  method: 'GET',
  path: '/api/v1/events',
  summary: 'Events, which group markets, of one or several exchanges, by pages',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  query: z.strictObject({
    exchanges: exchangeList.optional(),
    status: marketStatus.optional(),
    search: z.string().min(1).max(200).optional(),
    min_volume: microQuery.optional(),
    include_markets: z.enum(['true', 'false']).optional(),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(PAGE),
    cursor: z.string().max(MAX_PAGE_CURSOR).optional(),
  }),
  reply: {
    status: 200,
    schema: z.object({ events: z.array(eventView), pagination, status: exchangeStatus }),
  },
  async handle({ env, query }) {
    const { search, min_volume, include_markets, limit, cursor } = query;
    const status = toStatus(query.status);
    const least = min_volume === undefined ? 0 : number(min_volume);
    const page = await mergeListings(
      exchangesFor(env, query.exchanges, 'fetch_events'),
      { limit, cursor },
      async (exchange, share, place) => {
        const found = await venueFor(env, exchange).events({ status, search, limit: share, cursor: place });
        if (!found.ok) return found;
        const items = found.value.items.filter((event) => volumeOf(event) >= least);
        return { ok: true, value: { ...found.value, items } };
      },
    );
    return {
      body: {
        events: page.rows.map(({ exchange, item }) =>
          toEventView(exchange, item, include_markets === 'true'),
        ),
        pagination: page.pagination,
        status: page.status,
      },
    };
  },
});
