export { CredentialVault } from '../../durable-objects/credential-vault/credential-vault.ts';
export { VaultRegistry } from '../../durable-objects/vault-registry/vault-registry.ts';
export { VaultService } from './service.ts';

/** The vault answers no HTTP request, wherever it came from. */
export default {
  fetch(): Response {
    return new Response(null, { status: 404 });
  },
};
