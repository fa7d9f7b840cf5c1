import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the answer to the first order gets lost: another status in its place, or no answer at all. */
export type Loss = 'bad gateway' | 'dropped connection';

export interface FaultyProxy {
  readonly url: string;
  /** How many orders were sent on to the gateway. */
  orders(): number;
  close(): Promise<void>;
}

/**
 * A proxy on this machine that passes everything on, but loses the gateway's answer to the first `POST
 * …/order` or `…/orders`: the order stands and the caller does not know.
 */
export async function startFaultyProxy(target: string, loss: Loss): Promise<FaultyProxy> {
  let orders = 0;
  const server = createServer((request, response) => {
    const isOrder = request.method === 'POST' && /\/orders?(\?|$)/.test(request.url ?? '');
    if (isOrder) orders += 1;
    pass(target, request, response, isOrder && orders === 1 ? loss : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an address of this form.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    orders: () => orders,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pass(target: string, request: IncomingMessage, response: ServerResponse, loss?: Loss): void {
  const { method, headers } = request;
  const upstream = forward(`${target}${request.url}`, { method, headers }, (answer) => {
    if (loss === undefined) {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      return;
    }
    // The gateway has answered, so the order stands: only now is its answer lost.
    answer.resume();
    answer.on('end', () => {
      if (loss === 'bad gateway') response.writeHead(502).end('bad gateway');
      else request.socket.destroy();
    });
  });
  upstream.on('error', () => response.destroy());
  request.pipe(upstream);
}
