import { spawn } from 'node:child_process';
import { startDataVenues } from '../emulators/data-venues/index.ts';
import { startKalshiEmulator } from '../emulators/kalshi/index.ts';
import { startPolymarketEmulator } from '../emulators/polymarket/index.ts';
import { inProject, root } from './lib/paths.ts';

/**
 * `npm run dev`: both Workers under `wrangler dev`, reloading on change, with the venues' emulators and
 * development secrets that are valid nowhere else. For speed figures use `npm run bench`: this is slow.
 */
const emulator = await startPolymarketEmulator({});
const kalshi = await startKalshiEmulator({});
const dataVenues = await startDataVenues();
const vars = [
  `POLYMARKET_CLOB_URL:${emulator.url}`,
  `POLYMARKET_GAMMA_URL:${emulator.gammaUrl}`,
  `POLYMARKET_DATA_URL:${emulator.dataUrl}`,
  `POLYMARKET_WS_URL:${emulator.wsUrl}`,
  `KALSHI_URL:${kalshi.url}`,
  `LIMITLESS_URL:${dataVenues.venues.limitless.url}`,
  `OPINION_URL:${dataVenues.venues.opinion.url}`,
  `PREDICTFUN_URL:${dataVenues.venues.predictfun.url}`,
  'PREDICTFUN_API_KEY:local',
  'CLIENT_IP_HEADER:',
  'KEY_MODE:test',
  'ADMIN_TOKEN:development-admin-token',
  'L2_ROOT_SECRET:development-l2-root-secret',
  'JWT_SECRET:development-jwt-secret-32-bytes-long',
  'MAIL_SECRET:unused',
];
/** Required secrets come from the environment; this one the vault's configuration alone asks for. */
const vaultSecrets = {
  VAULT_ROOT_KEYS: JSON.stringify({ 1: Buffer.alloc(32, 'development ').toString('base64') }),
};
const wrangler = spawn(
  process.execPath,
  [
    inProject('node_modules/wrangler/bin/wrangler.js'),
    'dev',
    '-c',
    'wrangler.toml',
    '-c',
    'workers/vault/wrangler.toml',
    ...vars.flatMap((entry) => ['--var', entry]),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...vaultSecrets, WRANGLER_SEND_METRICS: 'false' } },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => wrangler.kill(signal));
wrangler.once('close', (code) => {
  void Promise.all([emulator.close(), kalshi.close(), dataVenues.close()]).then(() =>
    process.exit(code ?? 0),
  );
});
