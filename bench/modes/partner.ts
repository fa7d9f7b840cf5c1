import { buildWorkers } from '../../scripts/build/build-workers.ts';
import type { PosternFile } from '../../scripts/launch/launch.ts';
import { startGateway } from '../servers/gateway.ts';
import { compare, median, type Pace } from '../lib/measure.ts';
import { startOrigin } from '../servers/origin.ts';
import { call, newPartner, openAccount, trade, type OpenPartner } from '../lib/partners.ts';
import { limitRow, printTable, ratioRow, type Row } from '../lib/table.ts';
import { serveWorker } from '../servers/worker-server.ts';
import { shot } from '../load/protocol.ts';
import type { Bench } from '../lib/bench.ts';

/** Partners whose accounts are read in turn: 50 requests a second each is more than all get. */
const PARTNERS = 60;
/** Fills of each account: one full page and more. */
const FILLS = 510;
/** Partners made side by side. */
const CONCURRENCY = 12;
const PACE: Pace = { rounds: 5, latencySeconds: 1, throughputSeconds: 2 };
/** Accounts opened before workerd is started again: each live object holds some 376 KB for a minute or two. */
const RECYCLE_EVERY = 2_400;
/** Reads of the small and of the large partner, in turns. */
const READS = 200;
/** As slow as a partner with many accounts may read against one with few: the noise of two cores. */
const SAME = 1.2;

/** `node bench/run.ts partner [accounts]`: state and feed against a bare object's read; many accounts against few. */
export async function measurePartner({ home, load, cleanup, step }: Bench): Promise<void> {
  const many = Number(process.argv[3] ?? '10000');
  step('starting origin, baseline and gateway');
  const origin = await startOrigin(home, cleanup);
  const bare = await serveWorker(
    home,
    { name: 'baselines', vars: { ORIGIN: origin.url }, objects: { WRITER: 'Writer' } },
    cleanup,
  );
  const gateway = await startGateway(`${home}/gateway`, origin.url, cleanup);
  const { file } = gateway;

  step(`${PARTNERS} partners, ${FILLS} fills each`);
  const partners: OpenPartner[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < PARTNERS) {
      begun += 1;
      const partner = await newPartner(file, `partner-${begun}`);
      await trade(file, partner, origin, FILLS);
      partners.push(partner);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));

  const reads = (path: string) =>
    partners.map(({ key, account }) =>
      shot('GET', `/v1/partner/accounts/${account}${path}`, { 'x-api-key': key }),
    );
  const baseline = {
    ...bare,
    shots: Array.from({ length: PARTNERS }, (_, index) => shot('GET', `/read/object-${index}`)),
  };
  const rows: Row[] = [];
  for (const [name, path] of [
    ['state envelope / bare object read', ''],
    ['page of 500 fills / bare object read', '/trades?limit=500'],
  ] as const) {
    step(name);
    rows.push(ratioRow(name, await compare(load, baseline, { ...gateway, shots: reads(path) }, PACE)));
  }

  await gateway.stop();
  rows.push(...(await measureMany(`${home}/many`, many, cleanup, step)));
  printTable(rows);
}

/** A partner with many accounts against one with ten: both of one instrumented gateway, whose clock frees limits. */
async function measureMany(
  home: string,
  many: number,
  cleanup: Bench['cleanup'],
  step: Bench['step'],
): Promise<readonly Row[]> {
  step('building the instrumented gateway');
  await buildWorkers('instrumented');
  const gateway = await startGateway(home, undefined, cleanup, 'instrumented');
  const { file } = gateway;
  step(`opening ${many} accounts for one partner`);
  const [few, large] = [await newPartner(file, 'few'), await newPartner(file, 'large')];
  for (let opened = 1; opened < 10; opened += 1) await openAccount(file.url, few, `few-${opened}`);
  for (let opened = 1; opened < many; opened += CONCURRENCY) {
    if (opened % RECYCLE_EVERY < CONCURRENCY) await gateway.recycle();
    await freeLimits(file);
    await Promise.all(
      Array.from({ length: Math.min(CONCURRENCY, many - opened) }, (_, index) =>
        openAccount(file.url, large, `large-${opened + index}`),
      ),
    );
  }
  // Neither partner's accounts are in memory beyond those that are read.
  await gateway.recycle();
  const rows: Row[] = [];
  for (const [name, path] of [
    ['list of 10', () => '/accounts?limit=10'],
    ['state', ({ account }: OpenPartner) => `/accounts/${account}`],
  ] as const) {
    step(name);
    const took = { few: [] as number[], large: [] as number[] };
    for (let read = 0; read < READS; read += 1) {
      await freeLimits(file);
      took.few.push(await timed(`${file.url}/v1/partner${path(few)}`, few.key));
      took.large.push(await timed(`${file.url}/v1/partner${path(large)}`, large.key));
    }
    const [small, big] = [median(took.few), median(took.large)];
    const label = `${name}, ${many} accounts / 10: ${big.toFixed(2)} / ${small.toFixed(2)} ms`;
    rows.push(limitRow(label, big / small, SAME, 'x', 2));
  }
  return rows;
}

/** Moves the gateway's clock on, so that every limit is as if nobody had asked for two minutes. */
async function freeLimits({ url, adminToken }: PosternFile): Promise<void> {
  const operator = { authorization: `Bearer ${adminToken}` };
  await call(`${url}/__test/clock`, 'POST', operator, { kind: 'advance', ms: 120_000 });
}

async function timed(url: string, key: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url, { headers: { 'x-api-key': key } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return performance.now() - began;
}
