import { armFault, createFaultTable, faultSchema, type FaultTable } from '../lib/http/faults.ts';
import { json, type Reply, type Route, type RouteRequest } from '../lib/http/route.ts';
import { createRouter, findRoute, type Router } from '../lib/http/router.ts';
import type { ServedApplication } from '../lib/http/server.ts';
import { countRequest, createStatistics, type Statistics } from '../lib/http/statistics.ts';
import { controlRoutes, ControlError, read } from './control.ts';
import type { Venue } from './model.ts';

/** How one venue answers. */
export interface VenueKind {
  /** As in messages: 'limitless'. */
  readonly name: string;
  /** What its paths begin with: '' or '/v1'. */
  readonly basePath: string;
  readonly routes: readonly Route<Venue>[];
  /** The header that carries a client's key, where the venue knows one. */
  readonly keyHeader?: string;
  readonly refuse: (status: number, message: string) => Reply;
}

interface Application {
  readonly kind: VenueKind;
  readonly venue: Venue;
  readonly router: Router<Venue>;
  readonly statistics: Statistics;
}

export function createApplication(kind: VenueKind, venue: Venue): ServedApplication {
  const faults = createFaultTable();
  const statistics = createStatistics();
  const routes = [...kind.routes, ...controlRoutes, ...serverRoutes(faults, statistics)];
  const app: Application = { kind, venue, router: createRouter(routes), statistics };
  return {
    faults,
    statistics,
    basePath: kind.basePath,
    handle: (request) => handle(app, request),
    refuse: kind.refuse,
  };
}

/** Control over the server itself rather than over the venue. */
function serverRoutes(faults: FaultTable, statistics: Statistics): readonly Route<Venue>[] {
  return [
    {
      method: 'POST',
      pattern: '/__control/faults',
      handler: (_venue, request) => {
        if (!armFault(faults, read(faultSchema, request))) throw new ControlError('too many faults');
        return json({ armed: faults.armed.length });
      },
    },
    {
      method: 'DELETE',
      pattern: '/__control/faults',
      handler: () => {
        faults.armed.length = 0;
        return json({ armed: 0 });
      },
    },
    {
      method: 'GET',
      pattern: '/__control/stats',
      handler: () =>
        json({
          total: statistics.total,
          requests: Object.fromEntries(statistics.requests),
          statuses: Object.fromEntries(statistics.statuses),
          counts: { faults_armed: faults.armed.length, faults_fired: faults.fired },
        }),
    },
  ];
}

function handle(app: Application, request: Omit<RouteRequest, 'params'>): Reply {
  const { kind, venue, router, statistics } = app;
  const control = request.localPath.startsWith('/__control/');
  const known = kind.basePath === '' || request.localPath !== request.path || control;
  const match = known ? findRoute(router, request.method, request.localPath) : undefined;
  countRequest(statistics, match === undefined ? 'unknown' : `${request.method} ${match.pattern}`);
  if (!control && !letsIn(kind, venue, request)) return kind.refuse(401, 'unauthorized');
  if (match === undefined) return kind.refuse(404, 'not found');
  try {
    return match.handler(venue, { ...request, params: match.params });
  } catch (error) {
    if (error instanceof ControlError) return json({ error: error.message }, 400);
    // A bug of the emulator must be seen by whoever runs it, and stay a 500 for the client.
    process.stderr.write(`${kind.name} emulator: ${String(error instanceof Error ? error.stack : error)}\n`);
    return kind.refuse(500, 'internal server error');
  }
}

const letsIn = ({ keyHeader }: VenueKind, { apiKey }: Venue, { headers }: Omit<RouteRequest, 'params'>) =>
  apiKey === undefined || keyHeader === undefined || headers[keyHeader] === apiKey;
