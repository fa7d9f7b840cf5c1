import { shot } from '../load/protocol.ts';
import { compare, type Pace } from '../lib/measure.ts';
import { printTable, ratioRow } from '../lib/table.ts';
import { serveWorker } from '../servers/worker-server.ts';
import type { Bench } from '../lib/bench.ts';

const PACE: Pace = { rounds: 5, latencySeconds: 1, throughputSeconds: 2 };
/** Spread as accounts are. */
const OBJECTS = 200;

/** Stored increments through itty-durable against native RPC: docs/decisions/0007-itty-durable.md. */
export async function measureItty({ home, load, cleanup, step }: Bench): Promise<void> {
  step('starting both counters');
  const server = await serveWorker(
    home,
    { name: 'itty', vars: {}, objects: { NATIVE: 'NativeCounter', ITTY: 'IttyCounter' } },
    cleanup,
  );
  const shots = (way: string) =>
    Array.from({ length: OBJECTS }, (_, index) => shot('POST', `/${way}/counter-${index}`));
  step('stored increments');
  const native = { ...server, shots: shots('native') };
  const itty = { ...server, shots: shots('itty') };
  printTable([
    ratioRow('itty-durable / native RPC, one stored increment', await compare(load, native, itty, PACE)),
  ]);
}
