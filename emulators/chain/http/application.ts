import { armFault, createFaultTable, faultSchema, type FaultTable } from '../../lib/http/faults.ts';
import { json, type Reply, type Route, type RouteRequest } from '../../lib/http/route.ts';
import { createRouter, findRoute, type Router } from '../../lib/http/router.ts';
import type { ServedApplication } from '../../lib/http/server.ts';
import { countRequest, createStatistics, type Statistics } from '../../lib/http/statistics.ts';
import { headNumber } from '../rpc/views.ts';
import { answer, errorBody, nameOf } from '../rpc/envelope.ts';
import { ControlError, controlRoutes, read } from '../routes/control.ts';
import { escrowTotals } from '../routes/escrow-totals.ts';
import { pooledCount } from '../pool.ts';
import type { Chain } from '../state.ts';

interface Application extends ServedApplication {
  readonly chain: Chain;
  readonly router: Router<Chain>;
}

/** JSON-RPC is answered at the root; faults name calls by `/<method>`, as in `/eth_sendRawTransaction`. */
export function createApplication(chain: Chain): ServedApplication {
  const faults = createFaultTable();
  const statistics = createStatistics();
  const rpc: Route<Chain> = {
    method: 'POST',
    pattern: '/',
    handler: (played, { rawBody }) => answer(played, rawBody, (method) => countRequest(statistics, method)),
  };
  const app: Application = {
    chain,
    router: createRouter([rpc, ...controlRoutes, ...serverControlRoutes(faults, statistics)]),
    faults,
    statistics,
    basePath: '',
    faultPath: (localPath, body) => (localPath === '/' ? `/${nameOf(body)}` : localPath),
    handle: (request) => handle(app, request),
    refuse,
  };
  return app;
}

/** Control over the server itself rather than over the chain. */
function serverControlRoutes(faults: FaultTable, statistics: Statistics): readonly Route<Chain>[] {
  return [
    {
      method: 'POST',
      pattern: '/__control/faults',
      handler: (_chain, request) => {
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
      handler: (chain) =>
        json({
          total: statistics.total,
          requests: Object.fromEntries(statistics.requests),
          statuses: Object.fromEntries(statistics.statuses),
          escrow: escrowTotals(chain),
          counts: {
            block: headNumber(chain),
            transactions: chain.mined.size,
            pooled: pooledCount(chain),
            dropped: chain.dropped,
            faults_armed: faults.armed.length,
            faults_fired: faults.fired,
          },
        }),
    },
  ];
}

function handle(app: Application, request: Omit<RouteRequest, 'params'>): Reply {
  const match = findRoute(app.router, request.method, request.localPath);
  if (match === undefined) return refuse(404, 'not found');
  try {
    return match.handler(app.chain, { ...request, params: match.params });
  } catch (error) {
    if (error instanceof ControlError) return json({ error: error.message }, 400);
    // A bug of the emulator must be seen by whoever runs it, and stay a 500 for the client.
    process.stderr.write(`chain emulator: ${String(error instanceof Error ? error.stack : error)}\n`);
    return refuse(500, 'internal error');
  }
}

const INTERNAL_ERROR = -32_603;
const refuse = (status: number, message: string): Reply =>
  json(errorBody(null, INTERNAL_ERROR, message), status);
