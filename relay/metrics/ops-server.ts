import { createServer, type Server } from 'node:http';

export interface Ops {
  /** `ok: false` while it takes no more work. */
  health(): { readonly ok: boolean } & Readonly<Record<string, unknown>>;
  metrics(): string;
}

/** `GET /health` and `GET /metrics`, for the operator: no token, so on loopback or a network of its own. */
export function createOpsServer(ops: Ops): Server {
  return createServer((request, response) => {
    const reply = (status: number, type: string, body: string): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(body);
    };
    if (request.method !== 'GET') return reply(405, 'text/plain', 'GET only\n');
    if (request.url === '/metrics')
      return reply(200, 'text/plain; version=0.0.4; charset=utf-8', ops.metrics());
    if (request.url !== '/health') return reply(404, 'text/plain', 'not found\n');
    const health = ops.health();
    return reply(health.ok ? 200 : 503, 'application/json', `${JSON.stringify(health)}\n`);
  });
}
