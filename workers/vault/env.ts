import type { VaultObjectEnv } from '../../durable-objects/vault-bindings.ts';

/**
 * The vault's bindings, as workers/vault/wrangler.toml declares them. Written by hand: `wrangler types` makes one
 * environment for one program, and that is the gateway's. The Worker itself reads nothing that its objects do not.
 */
export type VaultEnv = VaultObjectEnv;
