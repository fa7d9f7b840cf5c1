import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWorkers } from '../scripts/build/build-workers.ts';
import { Cleanup } from './lib/cleanup.ts';
import { LoadGenerator } from './load/load.ts';
import { measureExchange } from './modes/exchange.ts';
import { measurePlatformSteps } from './modes/platform-steps.ts';
import { measureItty } from './modes/itty.ts';
import { measureKeys } from './modes/keys.ts';
import { measureOrderbook } from './modes/orderbook.ts';
import { measureLive } from './modes/live.ts';
import { measurePartner } from './modes/partner.ts';
import { measureBudgets } from './modes/budgets.ts';
import { measureVault } from './modes/vault.ts';

const modes = {
  rows: measureBudgets,
  keys: measureKeys,
  hops: measurePlatformSteps,
  itty: measureItty,
  live: measureLive,
  orderbook: measureOrderbook,
  vault: measureVault,
  partner: measurePartner,
  exchange: measureExchange,
} as const;

/** `npm run bench [-- keys | hops | itty | live | orderbook | vault | partner | exchange]`. A missed floor is printed, not an error; a reply that is not 2xx is. */
async function main(): Promise<void> {
  const name = process.argv[2] ?? 'rows';
  const mode = Object.entries(modes).find(([known]) => known === name)?.[1];
  if (!mode) throw new Error(`no such mode: ${name}. There are: ${Object.keys(modes).join(', ')}`);
  const cleanup = new Cleanup();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanup.run().then(() => process.exit(130)));
  }
  const home = mkdtempSync(join(tmpdir(), 'postern-bench-'));
  cleanup.add(() => rmSync(home, { recursive: true, force: true }));
  const load = new LoadGenerator();
  cleanup.add(() => load.close());
  const started = Date.now();
  const step = (text: string): void =>
    void process.stderr.write(`\n[${((Date.now() - started) / 1000).toFixed(0).padStart(3)} s] ${text} `);
  try {
    step('building');
    await buildWorkers();
    await mode({ home, load, cleanup, step });
    step('done\n');
  } finally {
    await cleanup.run();
  }
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
