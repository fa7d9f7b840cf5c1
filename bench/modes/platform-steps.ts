import { cpuMs } from '../servers/process.ts';
import { median } from '../lib/measure.ts';
import { serveWorker } from '../servers/worker-server.ts';
import { shot } from '../load/protocol.ts';
import type { Bench } from '../lib/bench.ts';

/** Paths of bench/workers/platform-steps.ts. */
const STEPS = [
  'bare',
  'rpc-nothing',
  'rpc-admission',
  'rpc-twice',
  'headers',
  'log-line',
  'webcrypto-digest',
  'timer',
] as const;
const ROUNDS = 5;
const SECONDS = 1.5;
const CONNECTIONS = 16;

/** CPU time of one request to a Worker that does one thing: what the platform itself takes for each step. */
export async function measurePlatformSteps({ home, load, cleanup, step }: Bench): Promise<void> {
  step('one step each');
  const worker = await serveWorker(home, { name: 'hops', vars: {}, objects: { KEEPER: 'Keeper' } }, cleanup);
  const used = new Map<string, number[]>(STEPS.map((name) => [name, []]));
  // The first round warms up and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, values] of used) {
      const before = cpuMs(worker.pid);
      const shots = [shot('GET', `/${name}`)];
      const done = await load.fire({
        port: worker.port,
        shots,
        connections: CONNECTIONS,
        seconds: SECONDS,
      });
      if (done.failed > 0) throw new Error(`${name}: ${done.firstFailure ?? 'failed'}`);
      if (round > 0) values.push(((cpuMs(worker.pid) - before) * 1_000) / done.requests);
    }
    process.stderr.write('.');
  }
  const bare = median(used.get('bare') ?? []);
  process.stdout.write('\nstep               CPU us   more than bare\n');
  for (const [name, values] of used) {
    const cpu = median(values);
    process.stdout.write(
      `${name.padEnd(16)} ${cpu.toFixed(0).padStart(8)} ${(cpu - bare).toFixed(0).padStart(16)}\n`,
    );
  }
}
