import { armFault, faultSchema, type FaultTable } from '../../lib/http/faults.ts';
import { json } from '../../lib/http/route.ts';
import type { Statistics } from '../../lib/http/statistics.ts';
import { accountFor } from '../commands/caller.ts';
import { ExchangeError, invalid, statusCode, statusOfHttp } from '../exchange-error.ts';
import type { Connections } from '../grpc/connections.ts';
import { release } from '../grpc/hub.ts';
import { work, type Generator, type Job } from '../market/load-generator.ts';
import { route, type Route } from '../rest/routes.ts';
import type { Venue } from '../state.ts';
import * as schemas from './schemas.ts';
import { readControl, requireBook } from './schemas.ts';

/** What the control API changes beside the exchange itself. */
export interface Machinery {
  readonly faults: FaultTable;
  readonly statistics: Statistics;
  readonly generator: Generator;
  /** The gRPC server's; it starts after the application. */
  readonly connections: () => Connections | undefined;
}

export function serverControlRoutes(machinery: Machinery): readonly Route[] {
  const { faults, statistics, generator, connections } = machinery;
  return [
    route('POST', '/__control/faults', (_venue, request) => {
      if (!armFault(faults, readControl(faultSchema, request))) throw invalid('too many faults');
      return json({ armed: faults.armed.length });
    }),
    route('DELETE', '/__control/faults', () => {
      faults.armed.length = 0;
      return json({ armed: 0 });
    }),
    route('POST', '/__control/streams', ({ hub }, request) => {
      const { cap, heartbeat_ms, hold } = readControl(schemas.streamsSchema, request);
      hub.streamCap = cap ?? hub.streamCap;
      hub.heartbeatMs = heartbeat_ms ?? hub.heartbeatMs;
      if (hold === true) hub.isHeld = true;
      if (hold === false) release(hub);
      return json({ cap: hub.streamCap, heartbeat_ms: hub.heartbeatMs, held: hub.held.length });
    }),
    route('POST', '/__control/streams/cut', ({ hub }, request) => {
      const { kind, firm, how, status } = readControl(schemas.cutSchema, request);
      if (how === 'connection') return json({ cut: connections()?.cut() ?? 0 });
      const chosen = [...hub.streams].filter(
        (stream) => (kind ?? stream.kind) === stream.kind && (firm ?? stream.firm) === stream.firm,
      );
      for (const stream of chosen) stream.end(statusCode(statusOfHttp(status)), 'emulated cut');
      return json({ cut: chosen.length });
    }),
    route('POST', '/__control/connections', (_venue, request) => {
      const { refuse } = readControl(schemas.connectionsSchema, request);
      const open = connections();
      if (open !== undefined) open.refuse = refuse;
      return json({ refuse });
    }),
    route('POST', '/__control/rate-limits', ({ rateLimits }, request) => {
      const { enabled, limits } = readControl(schemas.rateLimitsSchema, request);
      rateLimits.enabled = enabled ?? rateLimits.enabled;
      for (const { method, burst, per_ms } of limits) rateLimits.limits.set(method, { burst, perMs: per_ms });
      if (limits.length > 0) rateLimits.buckets.clear();
      return json({ enabled: rateLimits.enabled, limits: Object.fromEntries(rateLimits.limits) });
    }),
    route('POST', '/__control/generate', (venue, request) => {
      const job = jobOf(venue, readControl(schemas.generateSchema, request));
      if (job.perSecond > 0) generator.jobs.add(job);
      else work(venue, job, Number.MAX_SAFE_INTEGER);
      return json({ books: job.books, executions: job.executions });
    }),
    route('GET', '/__control/stats', (venue) => json(statsOf(venue))),
  ];

  function statsOf({ hub, engine, log, ticks }: Venue): object {
    return {
      total: statistics.total,
      requests: Object.fromEntries(statistics.requests),
      statuses: Object.fromEntries(statistics.statuses),
      streams: [...hub.streams].map(({ kind, firm, user, sent, openedMs }) => ({
        kind,
        firm,
        user,
        sent,
        opened_ms: openedMs,
      })),
      counts: {
        orders: engine.orders.size,
        executions: engine.executionCount,
        executions_kept: log.length,
        trades: engine.tradeCount,
        accounts: engine.accounts.size,
        ticks,
        connections: connections()?.open() ?? 0,
        held: hub.held.length,
        jobs: generator.jobs.size,
        faults_armed: faults.armed.length,
        faults_fired: faults.fired,
      },
    };
  }
}

/** @throws when there is no such user, account or symbol. */
function jobOf(venue: Venue, request: ReturnType<typeof schemas.generateSchema.parse>): Job {
  const user =
    request.username === undefined ? [...venue.users.values()][0] : venue.users.get(request.username);
  if (user === undefined) throw new ExchangeError('NOT_FOUND', 'no such user');
  for (const symbol of request.symbols) requireBook(venue, symbol);
  const wanted = new Set(request.symbols);
  const instruments = [...venue.engine.books.values()]
    .map((book, index) => ({ index, book }))
    .filter(({ book }) => wanted.size === 0 || wanted.has(book.instrument.symbol));
  return {
    books: request.books,
    executions: request.executions,
    perSecond: request.per_second,
    user,
    account: accountFor(user, request.account),
    instruments,
    round: 0,
    owed: 0,
  };
}
