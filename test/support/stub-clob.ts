import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CLOB_PROBE } from '../../shared/venues/polymarket/api.ts';
import { PolymarketVenue } from '../../shared/venues/polymarket/venue.ts';
import type { PolymarketSigner } from '../../shared/venues/port/signer.ts';
import { VenueEndpoint } from '../../shared/venues/http/endpoint.ts';

/** One reply. A text is sent as it is, anything else as JSON. */
export interface StubReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A request as the stub saw it. */
export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

export type StubHandler = (request: StubRequest) => StubReply;

export interface StubClob {
  readonly url: string;
  readonly venue: PolymarketVenue;
  /** Requests other than the probe, in order. */
  readonly seen: StubRequest[];
  /** Answers `METHOD /path`; replaces what answered there before. */
  on(route: string, reply: StubReply | StubHandler): void;
  close(): Promise<void>;
}

export const STUB_CONDITION = `0x${'c0'.repeat(32)}`;
export const STUB_TOKENS = ['1001', '1002'] as const;

const NO_ROUTE: StubReply = { status: 404, body: { error: 'no route' } };

/** A CLOB that says exactly what a test tells it to: for replies that no emulator is asked to give. */
export async function startStubClob(): Promise<StubClob> {
  const routes = new Map<string, StubHandler>();
  const seen: StubRequest[] = [];
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', 'http://stub');
    const request = { method: incoming.method ?? 'GET', path, query, body: await read(incoming) };
    if (path !== CLOB_PROBE.path) seen.push(request);
    const reply = routes.get(`${request.method} ${path}`)?.(request) ?? NO_ROUTE;
    outgoing.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
    outgoing.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? null));
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const on: StubClob['on'] = (route, reply) => {
    routes.set(route, typeof reply === 'function' ? reply : () => reply);
  };
  on(`GET ${CLOB_PROBE.path}`, () => ({ body: Math.floor(Date.now() / 1000) }));
  on('GET /version', { body: { version: 2 } });
  const [yes, no] = STUB_TOKENS;
  on(`GET /clob-markets/${STUB_CONDITION}`, {
    body: {
      t: [
        { t: yes, o: 'Yes' },
        { t: no, o: 'No' },
      ],
      mts: 0.01,
      mos: 5,
      nr: false,
    },
  });
  on(`GET /markets/${STUB_CONDITION}`, {
    body: { closed: false, tokens: [{ token_id: yes }, { token_id: no }] },
  });
  const settings = { clobUrl: url, gammaUrl: `${url}/gamma`, dataUrl: `${url}/data-api`, chainId: 137 };
  const endpoint = new VenueEndpoint({ baseUrl: url, probe: CLOB_PROBE });
  return {
    url,
    seen,
    on,
    venue: new PolymarketVenue(settings, endpoint),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A signer whose headers the stub does not check. */
export const stubSigner = (address = `0x${'a1'.repeat(20)}`): PolymarketSigner => ({
  identity: () => Promise.resolve({ ok: true, identity: { address, signatureType: 0, apiKey: 'stub' } }),
  l2Headers: () => Promise.resolve({ ok: true, headers: {} }),
  signOrder: () => Promise.resolve({ ok: true, body: '{}', headers: {}, orderHash: `0x${'0f'.repeat(32)}` }),
  frameOrder: () => Promise.resolve({ ok: true, body: '{}', headers: {} }),
});

async function read(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
