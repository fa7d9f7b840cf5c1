import type { VaultObjectEnv } from '../vault-bindings.ts';
import type { Vault } from '../../shared/vault/port.ts';
import type { CredentialVaultApi } from '../credential-vault/api.ts';
import type { Remote } from './stubs.ts';
import type { VaultRegistryApi } from '../vault-registry/api.ts';

// The casts: see `Remote`.

/** The object that holds an account's credentials, named by the account id. */
export const credentialVault = (env: VaultObjectEnv, account: string): Remote<CredentialVaultApi> =>
  env.CREDENTIAL_VAULT.getByName(account) as unknown as Remote<CredentialVaultApi>;

/** The one list of accounts that have credentials: for rotation only, never on the way of a signature. */
export const vaultRegistry = (env: VaultObjectEnv): Remote<VaultRegistryApi> =>
  env.VAULT_REGISTRY.getByName('registry') as unknown as Remote<VaultRegistryApi>;

/** The vault as the gateway's Worker and objects reach it. */
export const vaultOf = (env: { readonly VAULT: unknown }): Vault => env.VAULT as Vault;
