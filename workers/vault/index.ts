import { WorkerEntrypoint } from 'cloudflare:workers';

/**
 * The only way into the vault: RPC over a service binding (design, section 5).
 * It holds no credential yet; `status` tells the gateway's readiness probe that the binding is wired.
 */
export class VaultService extends WorkerEntrypoint {
  status(): { readonly ok: true; readonly credentials: 0 } {
    return { ok: true, credentials: 0 };
  }
}

/** The vault answers no HTTP request, wherever it came from. */
export default {
  fetch(): Response {
    return new Response(null, { status: 404 });
  },
};
