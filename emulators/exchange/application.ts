import { createFaultTable } from '../lib/http/faults.ts';
import { createRouter, findRoute } from '../lib/http/router.ts';
import type { Reply, RouteRequest } from '../lib/http/route.ts';
import type { ServedApplication } from '../lib/http/server.ts';
import { countRequest, createStatistics, type Statistics } from '../lib/http/statistics.ts';
import { serverControlRoutes } from './control/server-routes.ts';
import { sweep, venueControlRoutes } from './control/venue-routes.ts';
import { ExchangeError, notFound, refusalReply, statusOfHttp } from './exchange-error.ts';
import type { Connections } from './grpc/connections.ts';
import type { Generator } from './market/load-generator.ts';
import { authRoutes, commandRoutes } from './rest/routes.ts';
import { nowMs, type Venue } from './state.ts';

export interface Application extends ServedApplication {
  readonly venue: Venue;
  readonly statistics: Statistics;
}

/** REST of both dialects and the control API, on one port. */
export function createApplication(
  venue: Venue,
  generator: Generator,
  connections: () => Connections | undefined,
): Application {
  const faults = createFaultTable();
  const statistics = createStatistics();
  const router = createRouter([
    ...authRoutes,
    ...commandRoutes,
    ...venueControlRoutes,
    ...serverControlRoutes({ faults, statistics, generator, connections }),
  ]);
  return {
    venue,
    faults,
    statistics,
    basePath: '',
    now: () => nowMs(venue),
    handle: (request) => handle(request),
    refuse,
  };

  function handle(request: Omit<RouteRequest, 'params'>): Reply {
    const match = findRoute(router, request.method, request.path);
    countRequest(statistics, match === undefined ? 'unknown' : `${request.method} ${match.pattern}`);
    try {
      if (match === undefined) throw notFound('Not Found');
      sweep(venue);
      return match.handler(venue, { ...request, params: match.params });
    } catch (error) {
      if (error instanceof ExchangeError) return refusalReply(error);
      // A bug of the emulator must be seen by whoever runs it, and stay a 500 for the client.
      process.stderr.write(`exchange emulator: ${String(error instanceof Error ? error.stack : error)}\n`);
      return refuse(500, 'internal error');
    }
  }
}

function refuse(status: number, message: string): Reply {
  return { ...refusalReply(new ExchangeError(statusOfHttp(status), message)), status };
}
