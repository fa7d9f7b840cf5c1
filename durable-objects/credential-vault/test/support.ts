import { adminSecretsStore, evictAllDurableObjects, runInDurableObject } from 'cloudflare:test';
import { env as anyEnv, exports } from 'cloudflare:workers';
import type { PolymarketCredential } from '../../../shared/vault/credential.ts';
import type { Vault } from '../../../shared/vault/port.ts';
import type { Actor, Scope, VaultRequest } from '../../../shared/vault/request.ts';
import type { VaultRegistry } from '../../vault-registry/vault-registry.ts';
import type { VaultObjectEnv } from '../../vault-bindings.ts';
import type { CredentialVault } from '../credential-vault.ts';

/** The bindings as a test reaches into the objects behind them. */
interface TestEnv extends VaultObjectEnv {
  readonly CREDENTIAL_VAULT: DurableObjectNamespace<CredentialVault>;
  readonly VAULT_REGISTRY: DurableObjectNamespace<VaultRegistry>;
}

/** The generated environment is the gateway's; these tests run in the vault. */
export const env = anyEnv as unknown as TestEnv;

/** The vault's own entrypoint, as the gateway's binding reaches it. */
export const vault = (exports as unknown as { readonly VaultService: Vault }).VaultService;

const rootKey = (version: number): string => btoa(`test root key ${version}`.padEnd(32, '.'));

/** Puts these versions in the store; objects that hold others are restarted, as a deploy does. */
export async function setRootVersions(...versions: readonly number[]): Promise<void> {
  await setRootKeys(
    JSON.stringify(Object.fromEntries(versions.map((version) => [version, rootKey(version)]))),
  );
}

export async function setRootKeys(text: string): Promise<void> {
  using admin = adminSecretsStore(env.VAULT_ROOT_KEYS as Exclude<VaultObjectEnv['VAULT_ROOT_KEYS'], string>);
  await admin.create(text);
  await evictAllDurableObjects();
}

/** An account of its own. */
export const freshScope = (tenant = 'tnt_test'): Scope => ({
  tenant,
  account: `acct_${crypto.randomUUID()}`,
});
export const actor: Actor = { keyId: 'key-1', requestId: 'req-1' };

/** Test values that tell what they are, and that a search finds. */
export const privateKey = `0x${'7e57'.repeat(16)}`;
export const clob = {
  apiKey: 'test-api-key',
  secret: btoa('planted-clob-secret-of-32-bytes!'),
  passphrase: 'planted-clob-passphrase',
};
export const polymarket: PolymarketCredential = { venue: 'polymarket', privateKey, clob };
export const builder = {
  venue: 'builder',
  key: 'test-builder-key',
  secret: btoa('planted-builder-secret-32-bytes!'),
  passphrase: 'planted-builder-passphrase',
} as const;

export const request = { method: 'GET', path: '/data/orders', timestamp: 1_700_000_000 } as const;
export const stored = { kind: 'stored', venue: 'polymarket' } as const;

/** L2 headers with the stored credential: the cheapest use of one. */
export const signStored = (scope: Scope): ReturnType<Vault['l2Headers']> =>
  vault.l2Headers({ scope, actor, source: stored, request });

export async function storeIn(
  scope: Scope,
  credential: VaultRequest<'store'>['credential'] = polymarket,
): Promise<void> {
  const result = await vault.store({ scope, actor, credential });
  if (!result.ok) throw new Error(`not stored: ${result.message}`);
}

export const vaultStub = ({ account }: Scope) => env.CREDENTIAL_VAULT.getByName(account);

/** SQL on an account's database, as somebody with access to the disk would. */
export const sql = <T extends Record<string, SqlStorageValue>>(
  scope: Scope,
  query: string,
  ...bindings: readonly unknown[]
): Promise<T[]> =>
  runInDurableObject(vaultStub(scope), (_, state) => state.storage.sql.exec<T>(query, ...bindings).toArray());

/** The last rows of the audit chain. */
export async function lastAudit(scope: Scope) {
  const page = await vault.auditPage({ scope, limit: 1_000 });
  return page.ok ? page.rows.at(-1) : undefined;
}
