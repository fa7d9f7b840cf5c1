import { scheduler } from 'node:timers/promises';
import { startGateway } from '../lib/gateway.ts';
import { compare, median, type Pace } from '../lib/measure.ts';
import { startOrigin } from '../lib/origin.ts';
import { newPartner, openAccount, trade, type OpenPartner } from '../lib/partners.ts';
import { limitRow, printTable, ratioRow, type Row } from '../lib/table.ts';
import { serveWorker } from '../lib/worker-server.ts';
import { shot } from '../load/protocol.ts';
import type { Bench } from '../run.ts';

/** Partners whose accounts are read in turn: 50 requests a second each is more than all get. */
const PARTNERS = 60;
/** Fills of each account: one full page and more. */
const FILLS = 510;
/** Partners made side by side. */
const SIDE_BY_SIDE = 12;
const PACE: Pace = { rounds: 5, latencySeconds: 1, throughputSeconds: 2 };
/** Reads of the small and of the large partner, in turns: 40 a second each, below their limit. */
const READS = 200;
const READ_EVERY_MS = 25;
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
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));

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

  step(`opening ${many} accounts for one partner, at 50 a second`);
  const [few, large] = [await newPartner(file, 'few'), await newPartner(file, 'large')];
  for (let opened = 1; opened < 10; opened += 1) await openAccount(file.url, few, `few-${opened}`);
  for (let opened = 1; opened < many; opened += SIDE_BY_SIDE) {
    await Promise.all(
      Array.from({ length: Math.min(SIDE_BY_SIDE, many - opened) }, (_, index) =>
        openAccount(file.url, large, `large-${opened + index}`),
      ),
    );
  }
  // The minute's limit must be free again.
  await scheduler.wait(60_000);
  for (const [name, path] of [
    ['list of 10', () => '/accounts?limit=10'],
    ['state', ({ account }: OpenPartner) => `/accounts/${account}`],
  ] as const) {
    step(name);
    const took = { few: [] as number[], large: [] as number[] };
    for (let read = 0; read < READS; read += 1) {
      took.few.push(await timed(`${file.url}/v1/partner${path(few)}`, few.key));
      took.large.push(await timed(`${file.url}/v1/partner${path(large)}`, large.key));
      await scheduler.wait(READ_EVERY_MS);
    }
    const [small, big] = [median(took.few), median(took.large)];
    const label = `${name}, ${many} accounts / 10: ${big.toFixed(2)} / ${small.toFixed(2)} ms`;
    rows.push(limitRow(label, big / small, SAME, 'x', 2));
  }
  printTable(rows);
}

async function timed(url: string, key: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url, { headers: { 'x-api-key': key } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
  return performance.now() - began;
}
