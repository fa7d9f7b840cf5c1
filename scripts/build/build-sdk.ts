import { globSync, rmSync, statSync } from 'node:fs';
import { inProject, root } from '../lib/paths.ts';
import { runStep } from '../check/steps.ts';

/** Checks the SDK's types and writes sdk/dist: ES modules and their declarations. Returns whether it could. */
export async function buildSdk(): Promise<boolean> {
  rmSync(inProject('sdk/dist'), { recursive: true, force: true });
  return runStep({ name: 'SDK', command: ['tsc', '-p', 'sdk/tsconfig.build.json'] });
}

/** Builds unless sdk/dist is newer than everything it is made of. Throws when it cannot. */
export async function buildSdkIfStale(): Promise<void> {
  const modified = (path: string): number =>
    statSync(inProject(path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = globSync(['sdk/src/**/*.ts', 'sdk/tsconfig.build.json'], { cwd: root });
  if (modified('sdk/dist/index.js') > Math.max(...sources.map(modified))) return;
  if (!(await buildSdk())) throw new Error('the SDK could not be built');
}
