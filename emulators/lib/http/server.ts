import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBody } from './body.ts';
import { takeFault, type Fault, type FaultTable } from './faults.ts';
import { json, type Reply, type RouteRequest } from './route.ts';
import { countStatus, type Statistics } from './statistics.ts';

/** A client that has not sent its whole request by then is cut off, ms. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;

/** What the server needs of an emulator. */
export interface ServedApplication {
  readonly faults: FaultTable;
  readonly statistics: Statistics;
  /** What every path of the venue's API begins with: '' or '/trade-api/v2'. */
  readonly basePath: string;
  /** The venue's clock, Unix ms, for the Date header; the machine's where there is none. */
  now?(): number;
  /** Where one path carries many calls, as JSON-RPC does: the path that faults name a call by. */
  faultPath?(localPath: string, body: string): string;
  /** Runs one request to its end. Synchronous, so that every command is atomic. */
  handle(request: Omit<RouteRequest, 'params'>): Reply;
  /** A refusal by the server itself, in the venue's error shape. */
  refuse(status: number, message: string): Reply;
}

/** A certificate and its key, PEM. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** An HTTP server for the application, HTTPS with a certificate. `stopping` ends the waits of delay faults. */
export function createHttpServer(
  app: ServedApplication,
  stopping: AbortSignal,
  certificate?: Certificate,
): Server {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    serve(app, stopping, request, response).catch(() => request.socket.destroy());
  };
  const server =
    certificate === undefined ? createServer(listener) : createSecureServer(certificate, listener);
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function serve(
  app: ServedApplication,
  stopping: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? 'GET';
  const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
  const localPath = path.startsWith(`${app.basePath}/`) ? path.slice(app.basePath.length) : path;
  const control = localPath.startsWith('/__control/');
  const early = control || app.faultPath !== undefined ? undefined : takeFault(app.faults, method, localPath);
  if (early?.kind === 'drop_before') {
    request.socket.destroy();
    return;
  }
  const body = await readBody(request);
  if (body === undefined) {
    send(app, response, app.refuse(413, 'Payload exceeds the limit'));
    return;
  }
  const named = control ? undefined : app.faultPath?.(localPath, body);
  const fault = named === undefined ? early : takeFault(app.faults, method, named);
  if (fault?.kind === 'drop_before') {
    request.socket.destroy();
    return;
  }
  if (fault !== undefined && !fault.after_processing) await delay(fault, stopping);
  const process = fault === undefined || processes(fault);
  const reply = process
    ? app.handle({
        method,
        path,
        localPath,
        query: new URLSearchParams(search),
        headers: request.headers,
        rawBody: body,
      })
    : undefined;
  if (fault?.kind === 'drop_after') {
    request.socket.destroy();
    return;
  }
  // Without an answer, until the client gives up or the emulator stops.
  if (fault?.kind === 'hang') return;
  if (fault?.after_processing === true) await delay(fault, stopping);
  send(app, response, fault === undefined ? reply : faultReply(app, fault, reply), fault?.headers);
}

/** A delay is told by its kind; any other fault may also carry one. */
async function delay(fault: Fault, stopping: AbortSignal): Promise<void> {
  if (fault.delay_ms > 0) await sleep(fault.delay_ms, undefined, { signal: stopping });
}

/** Whether the request takes effect at all. */
function processes(fault: Fault): boolean {
  switch (fault.kind) {
    case 'delay':
    case 'drop_after':
      return true;
    case 'drop_before':
      return false;
    case 'hang':
    case 'status':
    case 'malformed':
      return fault.after_processing;
    default:
      return fault.kind satisfies never;
  }
}

function faultReply(app: ServedApplication, fault: Fault, reply: Reply | undefined): Reply | undefined {
  if (fault.kind === 'malformed') return { status: 200, body: '{"success":tru' };
  if (fault.kind !== 'status') return reply;
  if (typeof fault.body === 'string') return { status: fault.status, body: fault.body };
  if (fault.body === undefined) return app.refuse(fault.status, `emulated ${fault.status}`);
  return json(fault.body, fault.status);
}

function send(
  app: ServedApplication,
  response: ServerResponse,
  reply: Reply | undefined,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { status, body, headers: own = {} } = reply ?? app.refuse(500, 'Internal server error');
  countStatus(app.statistics, status);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...(app.now && { date: new Date(app.now()).toUTCString() }),
    ...own,
    ...headers,
  });
  response.end(body);
}
