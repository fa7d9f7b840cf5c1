import { ServerCredentials } from '@grpc/grpc-js';
import { closeServer, listen } from '../lib/http/listen.ts';
import { createHttpServer, type Certificate } from '../lib/http/server.ts';
import { createApplication } from './application.ts';
import { sweep } from './control/venue-routes.ts';
import { buildCatalogue } from './engine/instrument.ts';
import { acceptConnections, type Connections } from './grpc/connections.ts';
import { createGrpcServer } from './grpc/server.ts';
import { addLocalUsers } from './local-users.ts';
import { createGenerator } from './market/load-generator.ts';
import { seedBooks, tick } from './market/maker.ts';
import { createVenue } from './state.ts';

export interface ExchangeEmulatorOptions {
  /** Of REST; 0 (the default) takes a free port. */
  readonly port?: number;
  /** Of gRPC; 0 (the default) takes a free port. */
  readonly grpcPort?: number;
  readonly host?: '127.0.0.1';
  /** Decides every move of the books. */
  readonly seed?: number;
  /** `manual`: books move only by `POST /__control/tick`. */
  readonly clock?: 'wall' | 'manual';
  /** Wall clock only, ms. */
  readonly tickMs?: number;
  readonly instruments?: number;
  /** REST and gRPC over TLS with it. */
  readonly certificate?: Certificate;
  /** False: requests are not counted against the documented limits. */
  readonly rateLimits?: boolean;
}

export interface ExchangeEmulator {
  /** REST of both dialects, the token URL of v1 and the control API. */
  readonly url: string;
  /** `host:port` of the gRPC services of both dialects. */
  readonly grpc: string;
  readonly port: number;
  readonly grpcPort: number;
  close(): Promise<void>;
}

const DEFAULT_SEED = 1;
const DEFAULT_TICK_MS = 1000;
const DEFAULT_INSTRUMENTS = 12;

/**
 * Starts a local Polymarket Exchange, v1beta1 and v1 at once.
 * @throws when a port is taken.
 */
export async function startExchangeEmulator(
  options: ExchangeEmulatorOptions = {},
): Promise<ExchangeEmulator> {
  const host = options.host ?? '127.0.0.1';
  const { certificate } = options;
  const venue = createVenue(
    options.seed ?? DEFAULT_SEED,
    buildCatalogue(options.instruments ?? DEFAULT_INSTRUMENTS),
  );
  venue.rateLimits.enabled = options.rateLimits ?? true;
  addLocalUsers(venue);
  seedBooks(venue);
  const generator = createGenerator(venue);
  let connections: Connections | undefined;
  const app = createApplication(venue, generator, () => connections);
  const stopping = new AbortController();
  const rest = createHttpServer(app, stopping.signal, certificate);
  const grpc = createGrpcServer({ ...app, cut: (peer) => void connections?.cut(peer) });
  const port = await listen(rest, options.port ?? 0, host);
  try {
    const credentials =
      certificate === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [{ cert_chain: certificate.cert, private_key: certificate.key }]);
    connections = await acceptConnections(grpc, credentials, { port: options.grpcPort ?? 0, host });
  } catch (error) {
    generator.stop();
    await closeServer(rest);
    throw error;
  }
  const url = `${certificate === undefined ? 'http' : 'https'}://${host}:${port}`;
  for (const audience of [url, `${url}/oauth/token`]) venue.audiences.add(audience);
  const open = connections;
  const beat = (): void => {
    sweep(venue);
    tick(venue);
  };
  const timer = options.clock === 'manual' ? undefined : setInterval(beat, options.tickMs ?? DEFAULT_TICK_MS);
  return {
    url,
    grpc: `${host}:${open.port}`,
    port,
    grpcPort: open.port,
    close: async () => {
      clearInterval(timer);
      generator.stop();
      stopping.abort();
      await Promise.all([open.close(), closeServer(rest)]);
    },
  };
}
