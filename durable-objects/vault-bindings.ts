import type { ObjectNamespace } from './bindings.ts';

/** A secret's text, or a Secrets Store's binding in production. */
export type SecretBinding = string | { get(): Promise<string> };

/** What the objects of the vault's Worker are bound to. workers/vault/wrangler.toml declares it. */
export interface VaultObjectEnv {
  /** Root keys by version, as JSON: `root-keys.ts`. */
  readonly VAULT_ROOT_KEYS: SecretBinding;
  /** Private key of the relayer that moves escrowed fees; "unused" where there is no fee escrow. */
  readonly RELAYER_KEY: SecretBinding;
  /** Address of the fee escrow's contract: the relayer's key signs for no other. Empty where there is none. */
  readonly ESCROW_CONTRACT: string;
  /** The relay's public X25519 key, a JWK as JSON, to which exchange tokens are sealed. Empty where there is no relay. */
  readonly RELAY_SEALING_KEY: string;
  /** The exchange's token URL in the v1 dialect: assertions are signed for no other. Empty where desks have passwords. */
  readonly EXCHANGE_TOKEN_URL: string;
  /** `on`: the operator lets private keys be exported by keys with `credentials:export`. */
  readonly KEY_EXPORT: string;
  readonly CREDENTIAL_VAULT: ObjectNamespace;
  readonly VAULT_REGISTRY: ObjectNamespace;
}
