import { closeServer, listen } from '../lib/http/listen.ts';
import { createHttpServer } from '../lib/http/server.ts';
import { createApplication, type VenueKind } from './application.ts';
import { createVenue, type CatalogueSpec } from './catalogue.ts';

export interface DataVenueOptions {
  /** 0 (the default) takes a free port. */
  readonly port?: number;
  /** Decides the catalogue's numbers and every move of the books. */
  readonly seed?: number;
  /** `manual`: books move only by `POST /__control/tick`. */
  readonly clock?: 'wall' | 'manual';
}

export interface DataVenueEmulator {
  /** What clients take as the venue's base URL. The control API is below it too. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

const HOST = '127.0.0.1';
const DEFAULT_SEED = 1;

/**
 * Starts a local data-only venue. It has no timer: what has moved is worked out when somebody asks.
 * @throws when the port is taken.
 */
export async function startDataVenue(
  kind: VenueKind,
  catalogue: CatalogueSpec,
  { port = 0, seed = DEFAULT_SEED, clock = 'wall' }: DataVenueOptions = {},
): Promise<DataVenueEmulator> {
  const venue = createVenue(kind.name, catalogue, { seed, clock });
  const stopping = new AbortController();
  const server = createHttpServer(createApplication(kind, venue), stopping.signal);
  const listening = await listen(server, port, HOST);
  return {
    url: `http://${HOST}:${listening}${kind.basePath}`,
    close: () => {
      stopping.abort();
      return closeServer(server);
    },
  };
}
