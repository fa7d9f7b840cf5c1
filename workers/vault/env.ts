import type { CredentialVault } from '../../durable-objects/credential-vault/credential-vault.ts';
import type { RootKeysBinding } from '../../durable-objects/credential-vault/root-keys.ts';
import type { VaultRegistry } from '../../durable-objects/vault-registry/vault-registry.ts';

/**
 * The vault's bindings, as workers/vault/wrangler.toml declares them. Written by hand: `wrangler types` makes one
 * environment for one program, and that is the gateway's.
 */
export interface VaultEnv {
  /** A secret's text, or the Secrets Store's binding in production. */
  readonly VAULT_ROOT_KEYS: RootKeysBinding;
  /** Private key of the relayer that moves escrowed fees; "unused" where there is no fee escrow. */
  readonly RELAYER_KEY: string | { get(): Promise<string> };
  /** Address of the fee escrow's contract: the relayer's key signs for no other. Empty where there is none. */
  readonly ESCROW_CONTRACT: string;
  /** The relay's public X25519 key, a JWK as JSON, to which exchange tokens are sealed. Empty where there is no relay. */
  readonly RELAY_SEALING_KEY: string;
  /** The exchange's token URL in the v1 dialect: assertions are signed for no other. Empty where desks have passwords. */
  readonly EXCHANGE_TOKEN_URL: string;
  /** `on`: the operator lets private keys be exported by keys with `credentials:export`. */
  readonly KEY_EXPORT: string;
  readonly CREDENTIAL_VAULT: DurableObjectNamespace<CredentialVault>;
  readonly VAULT_REGISTRY: DurableObjectNamespace<VaultRegistry>;
}
