import { testRootKeys } from '../../test/support/vault-server.ts';
import { compare, type Compared, type Pace } from '../lib/measure.ts';
import { noteRow, printTable, ratioRow, type Row } from '../lib/table.ts';
import { serveWorker } from '../servers/worker-server.ts';
import { shot } from '../load/protocol.ts';
import type { Bench } from '../lib/bench.ts';

const PACE: Pace = { rounds: 5, latencySeconds: 1, throughputSeconds: 2.5 };

/**
 * What a signature costs: the vault over its service binding, with its audit row, against one RPC to an object that
 * keeps its answer in memory. Both from the same Worker, over 200 accounts.
 */
export async function measureSignatures({ home, load, cleanup, step }: Bench): Promise<void> {
  step('storing credentials for signatures');
  const worker = await serveWorker(
    home,
    {
      name: 'signing',
      vars: {},
      objects: { KEEPER: 'Keeper' },
      vault: {
        VAULT_ROOT_KEYS: testRootKeys(1),
        KEY_EXPORT: 'off',
        RELAY_SEALING_KEY: '',
        EXCHANGE_TOKEN_URL: '',
      },
    },
    cleanup,
  );
  const stored = await fetch(`http://127.0.0.1:${worker.port}/store`);
  if (!stored.ok) throw new Error(`storing: ${await stored.text()}`);
  const target = (path: string) => ({ ...worker, shots: [shot('GET', path)] });
  const rows: Row[] = [];
  for (const [name, path] of [
    ['order V2 signed / plain RPC', '/order'],
    ['L2 headers / plain RPC', '/l2'],
  ] as const) {
    step(name);
    const compared = await compare(load, target('/rpc'), target(path), PACE);
    rows.push(ratioRow(name, compared), noteRow('  added p50 at c=1', added(compared)));
  }
  await worker.child.stop();
  printTable(rows);
}

const added = ({ baseline, measured }: Compared): string =>
  `${(measured.p50Ms - baseline.p50Ms).toFixed(2)} ms`;
