import { json, jsonBody, signedRoute, type Route } from '../http/route.ts';
import { cancelOrder } from '../orders/cancel-order.ts';
import { parseOrder } from '../orders/parse-order.ts';
import { placeOrder } from '../orders/place-order.ts';
import { createdView, orderView } from '../orders/views.ts';
import { nowMs } from '../state.ts';
import { notFound } from '../venue-error.ts';
import { contracts } from '../wire.ts';
import { pageOf } from './page.ts';
import { equals, within } from './query.ts';

export const tradingRoutes: readonly Route[] = [
  signedRoute('POST', '/portfolio/events/orders', (venue, request, { userId }) =>
    json(createdView(placeOrder(venue, userId, parseOrder(jsonBody(request)))), 201),
  ),
  signedRoute('DELETE', '/portfolio/events/orders/:id', (venue, { params }, { userId }) => {
    const { order, reducedBy } = cancelOrder(venue, userId, params['id'] ?? '');
    return json({
      order_id: order.id,
      client_order_id: order.clientOrderId,
      reduced_by: contracts(reducedBy),
      ts_ms: nowMs(venue),
    });
  }),
  // Newest first. An unknown status finds nothing: the venue does not refuse one.
  signedRoute('GET', '/portfolio/orders', (venue, { query }, { userId }) => {
    const ticker = equals(query, 'ticker');
    const event = equals(query, 'event_ticker');
    const status = equals(query, 'status');
    const time = within(query, 'min_ts', 'max_ts');
    const rows = [...venue.orders.values()]
      .filter(
        (order) =>
          order.userId === userId &&
          ticker(order.ticker) &&
          event(venue.byTicker.get(order.ticker)?.market.event.ticker ?? '') &&
          status(order.status) &&
          time(order.createdAtMs),
      )
      .toReversed();
    const page = pageOf(rows, query, (order) => order.id);
    return json({ orders: page.rows.map(orderView), cursor: page.cursor });
  }),
  signedRoute('GET', '/portfolio/orders/:id', (venue, { params }, { userId }) => {
    const order = venue.orders.get(params['id'] ?? '');
    if (order === undefined || order.userId !== userId) throw notFound();
    return json({ order: orderView(order) });
  }),
];
