import { startGateway } from '../servers/gateway.ts';
import { compare, type Pace } from '../lib/measure.ts';
import { startOrigin } from '../servers/origin.ts';
import { bookShots, orderbookShots } from '../lib/shots.ts';
import { printTable, ratioRow } from '../lib/table.ts';
import { issueTenants } from '../lib/tenants.ts';
import { serveWorker } from '../servers/worker-server.ts';
import { shot } from '../load/protocol.ts';
import type { Bench } from '../lib/bench.ts';

/** Of the market-data proxy (bench/README.md): the router's book is that, with another body. */
const FLOOR = 0.5;
/** Keys of as many tenants: 100 requests a second each is more than all get. */
const KEYS = 200;
const PACE: Pace = { rounds: 5, latencySeconds: 1, throughputSeconds: 2.5 };
/** Rounds of a run that is only to show that it runs. */
const SMOKE: Pace = { rounds: 1, latencySeconds: 0.3, throughputSeconds: 0.7 };

/** `GET /api/v1/orderbook` beside the proxied book, both against a bare proxy of the same book. */
export async function measureOrderbook({ home, load, cleanup, step }: Bench): Promise<void> {
  const pace = process.argv[3] === 'smoke' ? SMOKE : PACE;
  step('starting origin, baselines and gateway');
  const origin = await startOrigin(home, cleanup);
  const worker = { name: 'baselines', vars: { ORIGIN: origin.url }, objects: { WRITER: 'Writer' } } as const;
  const bare = await serveWorker(home, worker, cleanup);
  const gateway = await startGateway(`${home}/gateway`, origin.url, cleanup);
  step(`issuing ${KEYS} tenants`);
  const keys = (await issueTenants(gateway.file, KEYS, 1)).flat();
  const baseline = { ...bare, shots: [shot('GET', `/book?token_id=${origin.token}`)] };
  step('router book, then proxied book');
  const book = await compare(load, baseline, { ...gateway, shots: orderbookShots(keys, origin) }, pace);
  const proxied = await compare(load, baseline, { ...gateway, shots: bookShots(keys, origin) }, pace);
  printTable([
    ratioRow('/api/v1/orderbook / bare proxy', book, FLOOR),
    ratioRow('/v1/book / bare proxy', proxied, FLOOR),
  ]);
}
