import type { TestProject } from 'vitest/node';
import { startPolymarketEmulator } from '../../emulators/polymarket/index.ts';

/** One emulator for all object tests; they reach it over real HTTP. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const emulator = await startPolymarketEmulator({ clock: 'manual' });
  project.provide('clobUrl', emulator.url);
  return () => emulator.close();
}
