import { armFault, createFaultTable, faultSchema, type FaultTable } from '../../lib/http/faults.ts';
import { createRouter, findRoute, type Router } from '../../lib/http/router.ts';
import type { ServedApplication } from '../../lib/http/server.ts';
import { countRequest, createStatistics, type Statistics } from '../../lib/http/statistics.ts';
import { sweep } from '../orders/cancel-order.ts';
import { apiKeyRoutes } from '../routes/api-keys.ts';
import { candlestickRoutes } from '../routes/candlesticks.ts';
import { controlRoutes, read } from '../routes/control.ts';
import { eventRoutes } from '../routes/events.ts';
import { exchangeRoutes } from '../routes/exchange.ts';
import { marketRoutes } from '../routes/markets.ts';
import { portfolioRoutes } from '../routes/portfolio.ts';
import { tradingRoutes } from '../routes/trading.ts';
import { nowMs, type Venue } from '../state.ts';
import { badParameter, notFound, refusalReply, VenueError } from '../venue-error.ts';
import { json, route, type Reply, type Route, type RouteRequest } from './route.ts';

/** Where the API begins on the venue's host. The control API answers below it and at the root. */
export const BASE_PATH = '/trade-api/v2';

export interface Application extends ServedApplication {
  readonly venue: Venue;
  readonly router: Router<Venue>;
}

export function createApplication(venue: Venue): Application {
  const faults = createFaultTable();
  const statistics = createStatistics();
  const router = createRouter([
    ...exchangeRoutes,
    ...marketRoutes,
    ...eventRoutes,
    ...candlestickRoutes,
    ...apiKeyRoutes,
    ...tradingRoutes,
    ...portfolioRoutes,
    ...controlRoutes,
    ...serverControlRoutes(faults, statistics),
  ]);
  const app: Application = {
    venue,
    router,
    faults,
    statistics,
    basePath: BASE_PATH,
    now: () => nowMs(venue),
    handle: (request) => handle(app, request),
    refuse,
  };
  return app;
}

/** Control over the server itself rather than over the venue. */
function serverControlRoutes(faults: FaultTable, statistics: Statistics): readonly Route[] {
  return [
    route('POST', '/__control/faults', (_venue, request) => {
      if (!armFault(faults, read(faultSchema, request))) throw badParameter('too many faults');
      return json({ armed: faults.armed.length });
    }),
    route('DELETE', '/__control/faults', () => {
      faults.armed.length = 0;
      return json({ armed: 0 });
    }),
    route('GET', '/__control/stats', (venue) =>
      json({
        total: statistics.total,
        requests: Object.fromEntries(statistics.requests),
        statuses: Object.fromEntries(statistics.statuses),
        counts: {
          orders: venue.orders.size,
          fills: venue.fills.length,
          trades: venue.trades.length,
          accounts: venue.ledger.accounts.size,
          api_keys: venue.apiKeys.size,
          ticks: venue.ticks,
          faults_armed: faults.armed.length,
          faults_fired: faults.fired,
        },
      }),
    ),
  ];
}

function handle(app: Application, request: Omit<RouteRequest, 'params'>): Reply {
  const known = request.localPath !== request.path || request.path.startsWith('/__control/');
  const match = known ? findRoute(app.router, request.method, request.localPath) : undefined;
  countRequest(app.statistics, match === undefined ? 'unknown' : `${request.method} ${match.pattern}`);
  try {
    if (match === undefined) throw notFound();
    sweep(app.venue);
    return match.handler(app.venue, { ...request, params: match.params });
  } catch (error) {
    if (error instanceof VenueError) return refusalReply(error);
    // A bug of the emulator must be seen by whoever runs it, and stay a 500 for the client.
    process.stderr.write(`kalshi emulator: ${String(error instanceof Error ? error.stack : error)}\n`);
    return refuse(500, 'internal server error');
  }
}

function refuse(status: number, message: string): Reply {
  return json({ error: { code: message.replaceAll(' ', '_').toLowerCase(), message } }, status);
}
