import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type LaunchOptions, type Running } from '../../scripts/launch/launch.ts';

/** A program of a test's own, with a home that goes with it. */
export interface OwnProgram extends Running {
  readonly home: string;
}

/** Starts the real program on free ports in a fresh home; `stop` ends it and removes the home. */
export async function startProgram(options: Partial<LaunchOptions> = {}): Promise<OwnProgram> {
  const home = mkdtempSync(join(tmpdir(), 'postern-test-'));
  const running = await launch({ home, port: 0, ...options });
  const stop = async (): Promise<void> => {
    await running.stop();
    rmSync(home, { recursive: true, force: true });
  };
  return { ...running, home, stop };
}
