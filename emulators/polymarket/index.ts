import { closeServer, listen } from '../lib/http/listen.ts';
import { seedBooks, tick } from './clock/tick.ts';
import { serveChannels } from './channels/upgrade.ts';
import { createApplication } from './http/application.ts';
import { createHttpServer } from '../lib/http/server.ts';
import { createVenue } from './state.ts';

export interface PolymarketEmulatorOptions {
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  readonly host?: '127.0.0.1';
  /** Decides tokens, questions and every move of the books. */
  readonly seed?: number;
  /** `manual`: books move only by `POST /__control/tick`. */
  readonly clock?: 'wall' | 'manual';
  /** Wall clock only, ms. */
  readonly tickMs?: number;
  /** Order schema that `GET /version` announces and `POST /order` accepts. */
  readonly version?: 1 | 2;
}

export interface PolymarketEmulator {
  /** CLOB API, without a trailing slash. */
  readonly url: string;
  readonly gammaUrl: string;
  readonly dataUrl: string;
  /** Base of the websocket channels. */
  readonly wsUrl: string;
  readonly port: number;
  close(): Promise<void>;
}

const DEFAULT_SEED = 1;
const DEFAULT_TICK_MS = 1000;

/**
 * Starts a local Polymarket: CLOB at the root, gamma and data API below it.
 * @throws when the port is taken.
 */
export async function startPolymarketEmulator(
  options: PolymarketEmulatorOptions = {},
): Promise<PolymarketEmulator> {
  const host = options.host ?? '127.0.0.1';
  const venue = createVenue(options.seed ?? DEFAULT_SEED, options.version ?? 2);
  seedBooks(venue);
  const stopping = new AbortController();
  const app = createApplication(venue);
  const server = createHttpServer(app, stopping.signal);
  serveChannels(server, app);
  const port = await listen(server, options.port ?? 0, host);
  const timer =
    options.clock === 'manual'
      ? undefined
      : setInterval(() => {
          tick(venue);
          app.marketChannel.publish();
        }, options.tickMs ?? DEFAULT_TICK_MS);
  const url = `http://${host}:${port}`;
  return {
    url,
    gammaUrl: `${url}/gamma`,
    dataUrl: `${url}/data-api`,
    wsUrl: `ws://${host}:${port}/ws`,
    port,
    close: () => {
      clearInterval(timer);
      stopping.abort();
      app.marketChannel.dropAll();
      return closeServer(server);
    },
  };
}
