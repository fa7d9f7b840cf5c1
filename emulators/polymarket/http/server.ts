import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { VenueError } from '../venue-error.ts';
import { handle, type Application } from './application.ts';
import { readBody } from './body.ts';
import { takeFault, type Fault } from './faults.ts';
import { json, type Reply } from './route.ts';
import { countStatus } from './statistics.ts';

/** A client that has not sent its whole request by then is cut off, ms. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;

/** An HTTP server for the application. `stopping` ends the waits of delay faults. */
export function createHttpServer(app: Application, stopping: AbortSignal): Server {
  const server = createServer((request, response) => {
    serve(app, stopping, request, response).catch(() => request.socket.destroy());
  });
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return server;
}

async function serve(
  app: Application,
  stopping: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const method = request.method ?? 'GET';
  const [path = '/', search = ''] = (request.url ?? '/').split('?', 2);
  const control = path.startsWith('/__control/');
  const fault = control ? undefined : takeFault(app.faults, method, path);
  if (fault?.kind === 'drop_before') {
    request.socket.destroy();
    return;
  }
  const body = await readBodyOrRefusal(request);
  if (typeof body !== 'string') {
    send(app, response, body);
    return;
  }
  if (fault !== undefined && !fault.after_processing) await delay(fault, stopping);
  const process = fault === undefined || processes(fault);
  const reply = process
    ? handle(app, {
        method,
        path,
        query: new URLSearchParams(search),
        headers: request.headers,
        rawBody: body,
      })
    : undefined;
  if (fault?.kind === 'drop_after') {
    request.socket.destroy();
    return;
  }
  if (fault?.after_processing === true) await delay(fault, stopping);
  send(app, response, fault === undefined ? reply : faultReply(fault, reply), fault?.headers);
}

async function readBodyOrRefusal(request: IncomingMessage): Promise<string | Reply> {
  try {
    return await readBody(request);
  } catch (error) {
    if (error instanceof VenueError) return json({ error: error.message }, error.status);
    throw error;
  }
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
    case 'status':
    case 'malformed':
      return fault.after_processing;
    default:
      return fault.kind satisfies never;
  }
}

function faultReply(fault: Fault, reply: Reply | undefined): Reply | undefined {
  if (fault.kind === 'malformed') return { status: 200, body: '{"success":tru' };
  if (fault.kind !== 'status') return reply;
  if (typeof fault.body === 'string') return { status: fault.status, body: fault.body };
  return json(fault.body ?? { error: `emulated ${fault.status}` }, fault.status);
}

function send(
  app: Application,
  response: ServerResponse,
  reply: Reply | undefined,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { status, body } = reply ?? json({ error: 'Internal server error' }, 500);
  countStatus(app.statistics, status);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
