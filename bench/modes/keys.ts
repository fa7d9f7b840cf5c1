import { startGateway, type Gateway } from '../servers/gateway.ts';
import { startOrigin } from '../servers/origin.ts';
import { residentKb } from '../servers/process.ts';
import { admitShots } from '../lib/shots.ts';
import { issueTenants, KEYS_PER_TENANT } from '../lib/tenants.ts';
import type { VolleyResult } from '../load/protocol.ts';
import type { Bench } from '../lib/bench.ts';

const LIMIT = 1.2;
/**
 * Keys of the sample. The budget says 10, but 10 enterprise keys take 1,000 requests a second in all and one
 * caller at c=1 sends more: the limiter would answer. With 100 no key comes near its cap.
 */
const SAMPLE = 100;
/**
 * Keys issued before workerd is started again: each live object holds a descriptor and about 270 KB for a minute
 * or two, and 100,000 at once are neither what the row asks nor what a process may open.
 */
const CHUNK = 10_000;
const ROUNDS = 5;
const SECONDS = 2;

/** `node bench/run.ts keys [how many]`: does admission of the same keys slow down when 100,000 more exist? */
export async function measureKeys({ home, load, cleanup, step }: Bench): Promise<void> {
  const total = Number(process.argv[3] ?? '100000');
  step('starting the gateway');
  const origin = await startOrigin(home, cleanup);
  const gateway = await startGateway(`${home}/gateway`, origin.url, cleanup);
  const issue = async (keys: number): Promise<readonly string[]> =>
    (await issueTenants(gateway.file, keys / KEYS_PER_TENANT, KEYS_PER_TENANT, progress)).flat();
  const sample = await issue(SAMPLE);
  const median = async (keys: readonly string[]): Promise<VolleyResult> => {
    const results: VolleyResult[] = [];
    // The first round is the warm-up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      const shots = admitShots(keys);
      results.push(await load.fire({ port: gateway.port, shots, connections: 1, seconds: SECONDS }));
    }
    const sorted = results.slice(1).sort((a, b) => a.p50Ms - b.p50Ms);
    const [middle] = sorted.slice(Math.floor(sorted.length / 2));
    if (!middle) throw new Error('nothing was measured');
    return middle;
  };

  step(`admitting ${SAMPLE} keys`);
  const before = await median(sample);
  step(`issuing ${total} keys `);
  const started = Date.now();
  const memoryBefore = residentKb(gateway.workerdPid());
  const others: string[] = [];
  while (others.length < total) {
    others.push(...(await issue(Math.min(CHUNK, total - others.length))));
    await gateway.recycle();
  }
  const seconds = (Date.now() - started) / 1_000;
  const memoryAfter = residentKb(gateway.workerdPid());

  step(`admitting the same ${SAMPLE} keys`);
  const after = await median(sample);
  step(`admitting ${SAMPLE} of the ${total}`);
  const picked = pick(others, SAMPLE);
  const cold = await firstUse(gateway, load, pick(others, 1_000));
  const random = await median(picked);
  step('done\n');

  console.log(
    `\nissued ${others.length} keys in ${seconds.toFixed(0)} s (${(others.length / seconds).toFixed(0)}/s)`,
  );
  console.log(
    `resident set: ${mb(memoryBefore)} before, ${mb(memoryAfter)} after a restart beside ${others.length} keys on disk`,
  );
  console.log(line('the same keys before', before));
  console.log(line('the same keys after', after, before));
  console.log(line(`${SAMPLE} random keys of the new`, random, before));
  console.log(line('first use of 1,000 random keys', cold));
}

/** Each key once: its object is not in memory, so this is what a caller's first request in a while costs. */
const firstUse = ({ port }: Gateway, load: Bench['load'], keys: readonly string[]): Promise<VolleyResult> =>
  load.fire({ port, shots: admitShots(keys), connections: 1, seconds: 0, requests: keys.length });

/** A random part of a list, without repeats. */
function pick(all: readonly string[], count: number): readonly string[] {
  const chosen = new Set<string>();
  while (chosen.size < Math.min(count, all.length)) {
    const key = all[Math.floor(Math.random() * all.length)];
    if (key !== undefined) chosen.add(key);
  }
  return [...chosen];
}

function progress(tenants: number): void {
  if (tenants % 1_000 === 0) process.stderr.write(` ${tenants * KEYS_PER_TENANT}`);
}

const mb = (kb: number): string => `${(kb / 1024).toFixed(0)} MB`;

function line(name: string, { p50Ms, p90Ms }: VolleyResult, than?: VolleyResult): string {
  const figures = `${name.padEnd(34)}p50 ${p50Ms.toFixed(3)} ms  p90 ${p90Ms.toFixed(3)} ms`;
  if (!than) return figures;
  const ratio = p50Ms / than.p50Ms;
  return `${figures}  ${ratio.toFixed(2)} x  (limit ${LIMIT} x: ${ratio <= LIMIT ? 'ok' : 'below'})`;
}
