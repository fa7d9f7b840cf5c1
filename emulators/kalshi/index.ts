import { closeServer, listen } from '../lib/http/listen.ts';
import { createHttpServer } from '../lib/http/server.ts';
import { seedBooks, tick } from './clock/tick.ts';
import { BASE_PATH, createApplication } from './http/application.ts';
import { createVenue } from './state.ts';

export interface KalshiEmulatorOptions {
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  readonly host?: '127.0.0.1';
  /** Decides every move of the books. */
  readonly seed?: number;
  /** `manual`: books move only by `POST /__control/tick`. */
  readonly clock?: 'wall' | 'manual';
  /** Wall clock only, ms. */
  readonly tickMs?: number;
}

export interface KalshiEmulator {
  /** The API's base, `…/trade-api/v2`: what clients take as base path. The control API is below it too. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const DEFAULT_SEED = 1;
const DEFAULT_TICK_MS = 1000;

/**
 * Starts a local Kalshi, trade API v2.
 * @throws when the port is taken.
 */
export async function startKalshiEmulator(options: KalshiEmulatorOptions = {}): Promise<KalshiEmulator> {
  const host = options.host ?? '127.0.0.1';
  const venue = createVenue(options.seed ?? DEFAULT_SEED);
  seedBooks(venue);
  const stopping = new AbortController();
  const server = createHttpServer(createApplication(venue), stopping.signal);
  const port = await listen(server, options.port ?? 0, host);
  const timer =
    options.clock === 'manual'
      ? undefined
      : setInterval(() => tick(venue), options.tickMs ?? DEFAULT_TICK_MS);
  return {
    url: `http://${host}:${port}${BASE_PATH}`,
    port,
    close: () => {
      clearInterval(timer);
      stopping.abort();
      return closeServer(server);
    },
  };
}
