import type { Step } from './steps.ts';

const wranglerTypes = [
  'wrangler',
  'types',
  '--include-runtime=false',
  '--strict-vars=false',
  '-c',
  'wrangler.toml',
  '-c',
  'workers/vault/wrangler.toml',
  'env.d.ts',
] as const;

/** As `npm run deploy` would; nothing leaves the machine. */
const production = (config: string): Step => ({
  name: `wrangler deploy --dry-run --env production of ${config}`,
  command: ['wrangler', 'deploy', '--dry-run', '-c', config, '--env', 'production'],
});

/** Everything but the tests, fastest first. The dry run also leaves the bundles that the tests start. */
export const checks: readonly Step[] = [
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'tests do not hang on speed', command: ['node', 'scripts/check-time-bounds.ts'] },
  { name: 'types of Workers', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'types of object tests', command: ['tsc', '-p', 'tsconfig.objects.json'] },
  { name: 'types of Node programs', command: ['tsc', '-p', 'tsconfig.node.json'] },
  { name: 'types of the SDK, which builds it', command: ['node', 'scripts/build-sdk.ts'] },
  { name: 'env.d.ts is up to date', command: [...wranglerTypes, '--check'] },
  { name: 'generated documents are up to date', command: ['node', 'scripts/generate.ts', '--check'] },
  { name: 'wrangler deploy --dry-run', command: ['node', 'scripts/build.ts'] },
  production('wrangler.toml'),
  production('workers/vault/wrangler.toml'),
];
