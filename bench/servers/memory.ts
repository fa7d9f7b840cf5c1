import { join } from 'node:path';
import type { LoadGenerator } from '../load/load.ts';
import { shot, type Shot } from '../load/protocol.ts';
import type { Cleanup } from '../lib/cleanup.ts';
import { startGateway } from './gateway.ts';
import type { Origin } from './origin.ts';
import { residentKb } from './process.ts';
import { admitShots } from '../lib/shots.ts';
import { issueTenants, KEYS_PER_TENANT } from '../lib/tenants.ts';

export interface Memory {
  readonly idleMb: number;
  readonly perKeyKb: number;
  readonly perAccountKb: number;
}

const TENANTS = 300;

/**
 * Resident set of workerd for each object in memory. The program starts anew over the objects made before, so
 * none is in memory, and warms up first, so that V8's own growth is not counted.
 */
export async function measureMemory(
  home: string,
  origin: Origin,
  load: LoadGenerator,
  cleanup: Cleanup,
): Promise<Memory> {
  const folder = join(home, 'memory');
  const first = await startGateway(folder, origin.url, cleanup);
  const tenants = await issueTenants(first.file, TENANTS, KEYS_PER_TENANT);
  await first.stop();
  const { port, pid, stop } = await startGateway(folder, origin.url, cleanup);
  const idle = residentKb(pid);
  const spare = shot('GET', '/v1/time');
  await load.fire({ port, shots: [spare], connections: 1, seconds: 1 });
  const keys = tenants.flat();
  const accounts = tenants.flatMap((own) => own.slice(0, 1));
  const before = residentKb(pid);
  await touch(load, port, admitShots(keys));
  const withKeys = residentKb(pid);
  await touch(
    load,
    port,
    accounts.map((key) => shot('GET', '/v1/account/balance', { 'x-api-key': key })),
  );
  const withAccounts = residentKb(pid);
  await stop();
  return {
    idleMb: idle / 1024,
    perKeyKb: (withKeys - before) / keys.length,
    perAccountKb: (withAccounts - withKeys) / accounts.length,
  };
}

async function touch(load: LoadGenerator, port: number, shots: readonly Shot[]): Promise<void> {
  await load.fire({ port, shots, connections: 1, seconds: 0, requests: shots.length });
}
