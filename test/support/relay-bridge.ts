import { createServer, type IncomingMessage, type Server } from 'node:http';
import { WebSocketServer, type WebSocket } from '../../relay/session/ws.ts';
import { decodeJwt } from 'jose';

/** Where relays of tests dial in: the gateway's own path, because their tokens sign it. */
export const DIAL_PATH = '/v1/relay/session';
const SERVE = '/serve/';

/** A connection that waits for the other side of its desk. */
interface End {
  readonly socket: WebSocket;
  /** Of a relay: its token. */
  readonly token: string;
}

const MAX_PAYLOAD = 8 * 1024 * 1024;

/**
 * Objects in a test have no address at which a relay could dial in. So it dials in here, and the test comes for it:
 * `GET /serve/<tenant>` waits for the next connection of that desk's relay, is told its token as the first message, and
 * carries the rest to the gateway.
 */
export function createRelayBridge(): Server {
  const relays = new Map<string, End[]>();
  const gateways = new Map<string, End[]>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD, perMessageDeflate: false });
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (open) => {
      const { tenant, token } = arrivalOf(request);
      const [mine, others] = token === '' ? [gateways, relays] : [relays, gateways];
      const end = { socket: open, token };
      const other = take(others, tenant);
      if (other) join(token === '' ? other : end, token === '' ? end : other);
      else wait(mine, tenant, end);
    });
  });
  return server;
}

function arrivalOf({ url = '', headers }: IncomingMessage): {
  readonly tenant: string;
  readonly token: string;
} {
  if (url.startsWith(SERVE)) return { tenant: url.slice(SERVE.length), token: '' };
  const token = (headers.authorization ?? '').slice('Bearer '.length);
  return { tenant: String(decodeJwt(token)['desk']).split('/')[0] ?? '', token };
}

function take(ends: Map<string, End[]>, tenant: string): End | undefined {
  return ends.get(tenant)?.shift();
}

function wait(ends: Map<string, End[]>, tenant: string, end: End): void {
  const queue = ends.get(tenant) ?? [];
  ends.set(tenant, queue);
  queue.push(end);
  end.socket.on('error', () => end.socket.terminate());
  end.socket.on('close', () => {
    const at = queue.indexOf(end);
    if (at >= 0) queue.splice(at, 1);
  });
}

function join(relay: End, gateway: End): void {
  gateway.socket.send(relay.token);
  for (const [from, to] of [
    [relay.socket, gateway.socket],
    [gateway.socket, relay.socket],
  ] as const) {
    from.on('message', (data) => to.send(data.toString()));
    from.on('error', () => to.terminate());
    // What a network does to a connection has no code.
    from.on('close', (code) => (code >= 3000 ? to.close(code, '') : to.terminate()));
  }
}
