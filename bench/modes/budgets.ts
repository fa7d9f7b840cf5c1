import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { bundleFolder } from '../../scripts/build/build-workers.ts';
import { startGateway } from '../servers/gateway.ts';
import { compare, type Pace } from '../lib/measure.ts';
import { measureMemory } from '../servers/memory.ts';
import { startOrigin } from '../servers/origin.ts';
import { bookShots, orderShots, replayShots, writeShots } from '../lib/shots.ts';
import { limitRow, noteRow, printTable, ratioRow, type Row } from '../lib/table.ts';
import { issueTenants } from '../lib/tenants.ts';
import { serveWorker } from '../servers/worker-server.ts';
import { shot } from '../load/protocol.ts';
import type { Bench } from '../lib/bench.ts';
import { liveRows } from './live.ts';

/** Floors and limits: bench/README.md. */
const PROXY_FLOOR = 0.5;
const ORDER_FLOOR = 0.5;
const REPLAY_FLOOR = 0.2;
const BUNDLE_LIMIT_KB = 350;
/** As many as the budget says. Each with a key of its own: 100 requests a second each is more than all get. */
const ACCOUNTS = 200;
const PACE: Pace = { rounds: 5, latencySeconds: 1, throughputSeconds: 2.5 };

/** The table of the design's budgets. */
export async function measureBudgets(bench: Bench): Promise<void> {
  const { home, load, cleanup, step } = bench;
  step('starting origin, baselines and gateway');
  const origin = await startOrigin(home, cleanup);
  const bare = await serveWorker(
    home,
    { name: 'baselines', vars: { ORIGIN: origin.url }, objects: { WRITER: 'Writer' } },
    cleanup,
  );
  const gateway = await startGateway(`${home}/gateway`, origin.url, cleanup);
  step(`issuing ${ACCOUNTS} tenants`);
  const keys = (await issueTenants(gateway.file, ACCOUNTS, 1)).flat();
  const book = shot('GET', `/book?token_id=${origin.token}`);
  const rows: Row[] = [];

  step('bare JSON and authenticated JSON');
  const json = { ...bare, shots: [shot('GET', '/json')] };
  const time = { ...gateway, shots: [shot('GET', '/v1/time')] };
  rows.push(ratioRow('open route (/v1/time) / bare JSON', await compare(load, json, time, SHORT)));

  step('market-data proxy');
  const proxy = { ...gateway, shots: bookShots(keys, origin) };
  rows.push(
    ratioRow(
      'authenticated, limited proxy / bare proxy',
      await compare(load, { ...bare, shots: [book] }, proxy, PACE),
      PROXY_FLOOR,
    ),
  );

  step('paper order');
  const order = { ...gateway, shots: orderShots(keys, origin) };
  rows.push(
    ratioRow(
      'paper order / one object, one write',
      await compare(load, { ...bare, shots: writeShots(ACCOUNTS) }, order, PACE),
      ORDER_FLOOR,
    ),
  );

  step('replayed order');
  const replay = { ...gateway, shots: replayShots(keys, origin) };
  rows.push(ratioRow('replayed order / bare JSON', await compare(load, json, replay, PACE), REPLAY_FLOOR));
  await gateway.stop();
  rows.push(...(await liveRows(bench)));

  step('memory');
  const memory = await measureMemory(home, origin, load, cleanup);
  rows.push(
    limitRow('gateway bundle, gzip', bundleKb(), BUNDLE_LIMIT_KB, 'KB'),
    noteRow('resident set, idle', `${memory.idleMb.toFixed(0)} MB`),
    noteRow('resident set per active key', `${memory.perKeyKb.toFixed(0)} KB`),
    noteRow('resident set per active account', `${memory.perAccountKb.toFixed(0)} KB`),
  );
  printTable(rows);
}

const SHORT: Pace = { rounds: 3, latencySeconds: 1, throughputSeconds: 2 };

const bundleKb = (): number => gzipSync(readFileSync(`${bundleFolder('gateway')}/index.js`)).length / 1024;
