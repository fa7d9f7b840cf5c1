import { MarketChannel } from '../channels/market-channel.ts';
import { sweep } from '../orders/cancel-order.ts';
import { accountRoutes } from '../routes/account.ts';
import { authRoutes } from '../routes/auth.ts';
import { controlRoutes, read } from '../routes/control.ts';
import { dataApiRoutes } from '../routes/data-api.ts';
import { gammaRoutes } from '../routes/gamma.ts';
import { marketDataRoutes } from '../routes/market-data.ts';
import { marketRoutes } from '../routes/markets.ts';
import { priceHistoryRoutes } from '../routes/price-history.ts';
import { serviceRoutes } from '../routes/service.ts';
import { tradingRoutes } from '../routes/trading.ts';
import type { Venue } from '../state.ts';
import { badRequest, VenueError } from '../venue-error.ts';
import { armFault, createFaultTable, faultSchema, type FaultTable } from '../../lib/http/faults.ts';
import { createRouter, findRoute, type Router } from '../../lib/http/router.ts';
import type { ServedApplication } from '../../lib/http/server.ts';
import { countRequest, createStatistics, type Statistics } from '../../lib/http/statistics.ts';
import { json, route, type Reply, type Route, type RouteRequest } from './route.ts';

export interface Application extends ServedApplication {
  readonly venue: Venue;
  readonly router: Router<Venue>;
  readonly marketChannel: MarketChannel;
}

export function createApplication(venue: Venue): Application {
  const faults = createFaultTable();
  const statistics = createStatistics();
  const marketChannel = new MarketChannel(venue);
  const router = createRouter([
    ...serviceRoutes,
    ...marketDataRoutes,
    ...marketRoutes,
    ...priceHistoryRoutes,
    ...authRoutes,
    ...tradingRoutes,
    ...accountRoutes,
    ...gammaRoutes,
    ...dataApiRoutes,
    ...controlRoutes,
    ...serverControlRoutes(faults, statistics, marketChannel),
  ]);
  const app: Application = {
    venue,
    router,
    faults,
    statistics,
    marketChannel,
    basePath: '',
    handle: (request) => handle(app, request),
    refuse: (status, message) => json({ error: message }, status),
  };
  return app;
}

/** Control over the server itself rather than over the venue. */
function serverControlRoutes(
  faults: FaultTable,
  statistics: Statistics,
  marketChannel: MarketChannel,
): readonly Route[] {
  return [
    route('POST', '/__control/faults', (_venue, request) => {
      if (!armFault(faults, read(faultSchema, request))) throw badRequest('too many faults');
      return json({ armed: faults.armed.length });
    }),
    route('DELETE', '/__control/faults', () => {
      faults.armed.length = 0;
      return json({ armed: 0 });
    }),
    route('POST', '/__control/drop-sockets', () => json({ dropped: marketChannel.dropAll() })),
    route('GET', '/__control/stats', (venue) =>
      json({
        total: statistics.total,
        requests: Object.fromEntries(statistics.requests),
        statuses: Object.fromEntries(statistics.statuses),
        counts: {
          orders: venue.orders.size,
          trades: venue.trades.size,
          accounts: venue.ledger.accounts.size,
          api_keys: venue.apiKeys.byKey.size,
          ticks: venue.ticks,
          faults_armed: faults.armed.length,
          faults_fired: faults.fired,
          ...marketChannel.counts(),
        },
      }),
    ),
  ];
}

function handle(app: Application, request: Omit<RouteRequest, 'params'>): Reply {
  const match = findRoute(app.router, request.method, request.path);
  countRequest(app.statistics, match === undefined ? 'unknown' : `${request.method} ${match.pattern}`);
  if (match === undefined) return json({ error: 'Not Found' }, 404);
  try {
    sweep(app.venue);
    const reply = match.handler(app.venue, { ...request, params: match.params });
    app.marketChannel.publish();
    return reply;
  } catch (error) {
    if (error instanceof VenueError) return json({ error: error.message }, error.status);
    // A bug of the emulator must be seen by whoever runs it, and stay a 500 for the client.
    process.stderr.write(`polymarket emulator: ${String(error instanceof Error ? error.stack : error)}\n`);
    return json({ error: 'Internal server error' }, 500);
  }
}
