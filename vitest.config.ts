import { cloudflareTest } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { FEE_ESCROW } from './emulators/chain/contracts/addresses.ts';
import { PATIENCE_MS, TEST_MS } from './test/support/patience.ts';

/** As wrangler.toml defines it; object tests have fault points and a clock to set. */
const production = { INSTRUMENTED: 'false' };
const instrumented = { INSTRUMENTED: 'true' };

/** Bounds of every test, hook and poll: they end what would hang for ever, and no slow machine crosses them. */
const bounds = {
  testTimeout: TEST_MS,
  hookTimeout: TEST_MS,
  teardownTimeout: TEST_MS,
  expect: { poll: { timeout: PATIENCE_MS, interval: 50 } },
};

/**
 * Modules are loaded once for all files of a worker: loading them for each file was a third of the time. The emulators'
 * tests stay apart, because Kalshi's client signs with whatever key was last configured in its process.
 */
const oneModuleGraph = {
  isolate: false,
  // Each end-to-end file may start a program of its own and waits for it: two cores carry three at once.
  maxWorkers: 3,
};

/** Bindings of object tests: obviously test secrets, the emulator's URL where production has the venue's. */
const testBindings = {
  ADMIN_TOKEN: 'test-admin-token',
  L2_ROOT_SECRET: 'test-l2-root-secret',
  JWT_SECRET: 'test-jwt-secret-of-at-least-32-bytes',
  KEY_MODE: 'test',
  MAIL_SECRET: 'unused',
};

/** The vault's: two root versions, so that a test can seal under the first and rotate to the second. */
const testRootKeys = JSON.stringify({
  1: Buffer.alloc(32, 'test root key 1 ').toString('base64'),
  2: Buffer.alloc(32, 'test root key 2 ').toString('base64'),
});

// The plugin reads wrangler.toml's required secrets from the environment.
/** Obviously a test key; the emulated chain of the object tests has it as its operator. */
const testRelayer = { RELAYER_KEY: `0x${'4e1a'.repeat(16)}`, ESCROW_CONTRACT: FEE_ESCROW };
Object.assign(process.env, testBindings, {
  VAULT_ROOT_KEYS: testRootKeys,
  RELAYER_KEY: testRelayer.RELAYER_KEY,
});

/** Tests inside the vault's own Worker. */
const vaultTests = [
  'durable-objects/credential-vault/**/*.object.test.ts',
  'durable-objects/vault-registry/**/*.object.test.ts',
  'workers/vault/**/*.object.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        define: production,
        test: {
          name: 'unit',
          ...oneModuleGraph,
          ...bounds,
          include: [
            'shared/**/*.test.ts',
            'workers/**/*.test.ts',
            'durable-objects/**/*.test.ts',
            'scripts/**/*.test.ts',
            'sdk/**/*.test.ts',
          ],
          exclude: ['**/*.object.test.ts'],
        },
      },
      {
        test: {
          name: 'emulators',
          include: ['{emulators,relay}/**/*.test.ts'],
          ...bounds,
        },
      },
      {
        define: instrumented,
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                ...testBindings,
                POLYMARKET_CLOB_URL: inject('clobUrl'),
                POLYMARKET_GAMMA_URL: `${inject('clobUrl')}/gamma`,
                POLYMARKET_DATA_URL: `${inject('clobUrl')}/data-api`,
                POLYMARKET_WS_URL: `${inject('clobUrl').replace(/^http/, 'ws')}/ws`,
                KALSHI_URL: inject('kalshiUrl'),
                ...inject('dataVenueUrls'),
                ...inject('exchange').vars,
                EXCHANGE_ENVIRONMENT: 'test',
                CHAIN_RPC_URL: inject('chainUrl'),
                CHAIN_CONFIRMATIONS: '1',
                ESCROW_CONTRACT: FEE_ESCROW,
              },
              workers: [
                {
                  name: 'postern-vault',
                  modules: true,
                  scriptPath: './dist/vault/index.js',
                  compatibilityDate: '2026-11-01',
                  bindings: {
                    VAULT_ROOT_KEYS: testRootKeys,
                    KEY_EXPORT: 'on',
                    ...testRelayer,
                    RELAY_SEALING_KEY: inject('exchange').vars.RELAY_SEALING_KEY,
                    // One that every emulator of the exchange takes for its own.
                    EXCHANGE_TOKEN_URL: 'https://pmx-preprod.us.auth0.com/oauth/token',
                  },
                  durableObjects: {
                    CREDENTIAL_VAULT: { className: 'CredentialVault', useSQLite: true },
                    VAULT_REGISTRY: { className: 'VaultRegistry', useSQLite: true },
                  },
                },
              ],
            },
          })),
        ],
        test: {
          name: 'objects',
          include: ['{durable-objects,workers,shared}/**/*.object.test.ts'],
          exclude: vaultTests,
          globalSetup: ['test/support/emulator-setup.ts'],
          ...bounds,
        },
      },
      {
        define: instrumented,
        plugins: [
          cloudflareTest({
            // Production's, so that the root keys come from a Secrets Store, which a test can write.
            wrangler: { configPath: './workers/vault/wrangler.toml', environment: 'production' },
            miniflare: { bindings: { ESCROW_CONTRACT: FEE_ESCROW } },
          }),
        ],
        test: { name: 'vault', include: vaultTests, ...bounds },
      },
      {
        define: production,
        test: {
          name: 'end-to-end',
          ...oneModuleGraph,
          ...bounds,
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/support/program-setup.ts'],
        },
      },
    ],
  },
});
