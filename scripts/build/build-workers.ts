import { spawn } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { inProject, root } from '../lib/paths.ts';

/** What is deployed, or the same with fault points and a clock that tests set. */
export type Build = 'production' | 'instrumented';

const outputs: Readonly<Record<Build, string>> = { production: 'dist', instrumented: 'dist/instrumented' };

/** Where `wrangler deploy --dry-run` leaves a Worker's bundle. */
export const bundleFolder = (worker: 'gateway' | 'vault', build: Build = 'production'): string =>
  inProject(`${outputs[build]}/${worker}`);

/**
 * Bundles both Workers with the very command that deploys them, without deploying, so that what runs locally is
 * what runs at the edge. Throws with wrangler's output when one fails.
 */
export async function buildWorkers(build: Build = 'production'): Promise<void> {
  const defines = build === 'instrumented' ? ['--define', 'INSTRUMENTED:true'] : [];
  const vault = 'workers/vault/wrangler.toml';
  await Promise.all([
    // The top environments: production's differ in where the relay and the root keys are, not in the bundle.
    dryRun(['-c', 'wrangler.toml', '--env', '', '--outdir', bundleFolder('gateway', build), ...defines]),
    dryRun(['-c', vault, '--env', '', '--outdir', bundleFolder('vault', build), ...defines]),
  ]);
}

/** Builds unless both bundles are newer than everything they are made of. Returns whether it built. */
export async function buildIfStale(build: Build = 'production'): Promise<boolean> {
  const bundles = ['gateway/index.js', 'vault/index.js'].map((file) => modified(`${outputs[build]}/${file}`));
  const sources = globSync(['workers/**/*.{ts,toml}', 'shared/**/*.ts', 'durable-objects/**/*.ts'], {
    cwd: root,
  });
  const newest = Math.max(...[...sources, 'wrangler.toml', 'package-lock.json'].map(modified));
  if (Math.min(...bundles) > newest) return false;
  await buildWorkers(build);
  return true;
}

/** When a file of the project changed last; 0 when there is none. */
const modified = (path: string): number => statSync(inProject(path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

function dryRun(args: readonly string[]): Promise<void> {
  const wrangler = inProject('node_modules/wrangler/bin/wrangler.js');
  const child = spawn(process.execPath, [wrangler, 'deploy', '--dry-run', ...args], {
    cwd: root,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`wrangler failed:\n${output}`)),
    );
  });
}
