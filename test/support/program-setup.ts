import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildIfStale } from '../../scripts/build/build-workers.ts';
import { launch } from '../../scripts/launch/launch.ts';

/**
 * Starts the real program once for all end-to-end tests, as `npm start` does, on free ports and a fresh home.
 * Tests that need fault points or a clock of their own start the instrumented build, which is made here.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await buildIfStale('instrumented');
  const home = mkdtempSync(join(tmpdir(), 'postern-test-'));
  const running = await launch({
    home,
    port: 0,
    exchange: true,
    vars: { CLIENT_IP_HEADER: 'x-test-address' },
  });
  project.provide('postern', running.file);
  project.provide('posternHome', home);
  return async () => {
    await running.stop();
    rmSync(home, { recursive: true, force: true });
  };
}
