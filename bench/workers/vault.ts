import { exports } from 'cloudflare:workers';
import type { Vault } from '../../shared/vault/port.ts';

export { CredentialVault } from '../../durable-objects/credential-vault/credential-vault.ts';
export { VaultRegistry } from '../../durable-objects/vault-registry/vault-registry.ts';
export { VaultService } from '../../workers/vault/service.ts';

/** The vault with a door, for a bench and for tests of what it leaves on disk: `POST /<operation>` with its request. */
export default {
  async fetch(request: Request): Promise<Response> {
    // The generated types are the gateway's.
    const { VaultService } = exports as unknown as { readonly VaultService: Vault };
    const operation = new URL(request.url).pathname.slice(1);
    if (operation === 'rotationStatus') return Response.json(await VaultService.rotationStatus());
    // The vault checks each request itself.
    const body: never = (await request.json()) as never;
    switch (operation) {
      case 'store':
      case 'list':
      case 'remove':
      case 'destroy':
      case 'createWallet':
      case 'l1Headers':
      case 'l2Headers':
      case 'kalshiHeaders':
      case 'builderHeaders':
      case 'auditPage':
      case 'auditVerify':
      case 'startRotation':
        return Response.json(await VaultService[operation](body));
      default:
        return new Response(null, { status: 404 });
    }
  },
};
