import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Wallet } from 'ethers';
import { FEE_ESCROW } from '../emulators/chain/contracts/addresses.ts';
import { startEmulators, venueVars } from './local-venues/emulators.ts';
import { exchangeVars, exchangeVaultVars, startExchangeAndRelay } from './local-venues/exchange-and-relay.ts';
import { localSecrets } from './launch/local-secrets.ts';
import { inProject, root } from './lib/paths.ts';

/**
 * `npm run dev`: both Workers under `wrangler dev`, reloading on change, with the emulators and the relay that `npm start`
 * has, and development secrets that are valid nowhere else. What follows `--` goes to wrangler. For speed figures use
 * `npm run bench`: this is slow.
 */
const home = resolve(process.env['POSTERN_HOME'] ?? '.local/dev');
mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o700 });
const secrets = localSecrets(home);
const spec = { home, env: {}, readyTimeoutMs: 30_000 };
const onEvent = (message: string): void => console.log(message);
const { exchange: keys } = secrets;
const [emulators, exchange] = await Promise.all([
  startEmulators({
    ...spec,
    kalshiKey: secrets.kalshi,
    wallet: new Wallet(secrets.walletKey).address,
    relayer: new Wallet(secrets.relayerKey).address,
  }),
  startExchangeAndRelay({ ...spec, keys, dialect: 'v1beta1', onEvent }),
]);
const vars = {
  ...venueVars(emulators),
  ...exchangeVars(exchange, keys),
  RELAY_EDGE_KEY: keys.edgePrivate,
  CLIENT_IP_HEADER: '',
  KEY_MODE: 'test',
};
/** What the two configurations require as secrets comes from the environment. */
const required = {
  ADMIN_TOKEN: 'development-admin-token',
  L2_ROOT_SECRET: 'development-l2-root-secret',
  JWT_SECRET: 'development-jwt-secret-32-bytes-long',
  MAIL_SECRET: 'unused',
  VAULT_ROOT_KEYS: JSON.stringify({ 1: Buffer.alloc(32, 'development ').toString('base64') }),
  RELAYER_KEY: secrets.relayerKey,
};

/** wrangler's own default is 8787 too. */
function portOf(args: readonly string[]): string {
  return /--port[ =](\d+)/.exec(args.join(' '))?.[1] ?? '8787';
}

/** `--var` reaches the first Worker alone, so the vault's settings go into a copy of its configuration. */
function vaultConfig(settings: Readonly<Record<string, string>>): string {
  const original = inProject('workers/vault/wrangler.toml');
  const filled = Object.entries({ main: inProject('workers/vault/index.ts'), ...settings }).reduce(
    // TOML's literal strings have no escapes; neither paths nor JWKs have a quote of their kind.
    (text, [name, value]) => text.replace(new RegExp(`^${name} = ".*"$`, 'm'), () => `${name} = '${value}'`),
    readFileSync(original, 'utf8'),
  );
  const copy = join(home, 'vault.toml');
  writeFileSync(copy, filled);
  return copy;
}

const vaultFile = vaultConfig({
  ESCROW_CONTRACT: FEE_ESCROW,
  ...exchangeVaultVars(exchange, keys),
});
console.log(`
The operator's token is ${required.ADMIN_TOKEN}; a .dev.vars takes the place of all secrets. A key, once the gateway is ready:
  curl -s http://localhost:${portOf(process.argv)}/admin/v1/tenants -H 'Authorization: Bearer ${required.ADMIN_TOKEN}' -H 'Content-Type: application/json' -d '{"name":"dev","tier":"pro","admission":"self_serve","keys":1}'
`);
const wrangler = spawn(
  process.execPath,
  [
    inProject('node_modules/wrangler/bin/wrangler.js'),
    'dev',
    '-c',
    'wrangler.toml',
    '-c',
    vaultFile,
    ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ...required, WRANGLER_SEND_METRICS: 'false' } },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => wrangler.kill(signal));
wrangler.once('close', (code) => {
  const running = [
    exchange.relay,
    exchange.exchange.child,
    ...Object.values(emulators).map(({ child }) => child),
  ];
  void Promise.all(running.map((one) => one.stop())).then(() => process.exit(code ?? 0));
});
