import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { localSecrets } from './local-secrets.ts';
import { inProject } from '../lib/paths.ts';
import { workerdConfig, type LocalWorkers } from './workerd-config.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'postern-config-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** The part of the configuration that is one Worker's. */
function workerOf(name: 'gateway' | 'vault'): string {
  const local: LocalWorkers = {
    folder: home,
    objects: join(home, 'objects'),
    port: 0,
    build: 'production',
    vars: {},
    vaultVars: {},
  };
  const [, text = ''] = workerdConfig(local).split(`const ${name} :Workerd.Worker`);
  return text.split('\nconst ')[0] ?? '';
}

test("production's gateway differs in its binding to the relay alone, which no other environment has", () => {
  const config = inProject('wrangler.toml');
  const [local, production] = [
    unstable_readConfig({ config }),
    unstable_readConfig({ config, env: 'production' }),
  ];
  expect(production.vpc_services).toMatchObject([{ binding: 'RELAY' }]);
  expect(local.vpc_services).toEqual([]);
  for (const name of [
    'name',
    'vars',
    'secrets',
    'define',
    'services',
    'durable_objects',
    'migrations',
  ] as const)
    expect(production[name], name).toEqual(local[name]);
});

describe('the root keys of the vault', () => {
  test("are no binding of the gateway's: not under workerd, not as it is deployed", () => {
    expect(workerOf('vault')).toContain('(name = "VAULT_ROOT_KEYS", fromEnvironment = "VAULT_ROOT_KEYS")');
    expect(workerOf('gateway')).toContain('(name = "ADMIN_TOKEN", fromEnvironment = "ADMIN_TOKEN")');
    expect(workerOf('gateway')).not.toMatch(/ROOT_KEYS|CREDENTIAL_VAULT|VAULT_REGISTRY/);
    for (const env of [undefined, 'production']) {
      const deployed = JSON.stringify(unstable_readConfig({ config: inProject('wrangler.toml'), env }));
      expect(deployed).not.toMatch(/ROOT_KEYS|CREDENTIAL_VAULT|VAULT_REGISTRY/);
    }
  });

  test('come from the Secrets Store in production', () => {
    const config = inProject('workers/vault/wrangler.toml');
    const production = unstable_readConfig({ config, env: 'production' });
    expect(production.secrets_store_secrets).toMatchObject([{ binding: 'VAULT_ROOT_KEYS' }]);
    expect(production.name).toBe('postern-vault');
    // What is repeated for production must not drift from the rest.
    const local = unstable_readConfig({ config });
    for (const name of ['vars', 'durable_objects', 'migrations', 'workers_dev'] as const)
      expect(production[name], name).toEqual(local[name]);
  });

  test('are made once for a machine, for its user alone, and kept beside a version that was added', () => {
    const file = join(home, 'secrets.json');
    const first = localSecrets(home);
    expect(Buffer.from(first.vaultRootKeys['1'] ?? '', 'base64').length).toBe(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const added = {
      ...first,
      vaultRootKeys: { ...first.vaultRootKeys, 2: Buffer.alloc(32, 2).toString('base64') },
    };
    writeFileSync(file, JSON.stringify(added));
    expect(localSecrets(home)).toEqual(added);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('are added to a home from before there was a vault, which keeps its other secrets', () => {
    const { vaultRootKeys: _, ...older } = localSecrets(home);
    writeFileSync(join(home, 'secrets.json'), JSON.stringify(older));
    expect(localSecrets(home)).toMatchObject(older);
    const kept = JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as object;
    expect(kept).toEqual(localSecrets(home));
  });
});
