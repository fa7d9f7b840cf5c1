import * as z from 'zod';
import { dataVenue } from '../../../../../shared/venues/data-venues.ts';
import { venueNames as names } from '../../../../../shared/venues/venue-names.ts';
import { route } from '../../../http/route.ts';

const has = z.object({
  fetch_markets: z.boolean(),
  create_order: z.boolean(),
  cancel_order: z.boolean(),
  fetch_positions: z.boolean(),
  fetch_balance: z.boolean(),
  fetch_orderbook: z.boolean(),
  fetch_price_history: z.boolean(),
  fetch_trades: z.boolean(),
  fetch_events: z.boolean(),
  fetch_user_activity: z.boolean(),
  refresh_balance: z.boolean(),
  websocket: z.boolean(),
  fetch_orderbook_history: z.boolean(),
  fetch_fills: z.boolean(),
  fetch_order_history: z.boolean(),
  watch_address: z.boolean(),
});

const reply = z.array(
  z.object({
    id: z.enum(names),
    name: z.string(),
    has,
    /** What `params.order_type` may be: none where there is data only. */
    order_types: z.array(z.enum(['gtc', 'ioc', 'fok', 'gtd'])),
  }),
);

/** `GET /api/v1/exchanges`: what each adapter says of itself, and nothing else. */
export const exchangesRoute = route({
  method: 'GET',
  path: '/api/v1/exchanges',
  summary: 'The exchanges and what each of them can do here; the rest is answered with 501',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  reply: { status: 200, schema: reply },
  handle({ env }) {
    const body: z.infer<typeof reply> = names.map((id) => {
      const { name, has: flags, orderTypes } = dataVenue(id, env).capabilities;
      return { id, name, has: flags, order_types: [...orderTypes] };
    });
    return { body };
  },
});
