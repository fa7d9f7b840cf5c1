import { WorkerEntrypoint } from 'cloudflare:workers';
import { ChainWalk } from '../../shared/vault/audit-chain.ts';
import { failureOf } from '../../shared/vault/operation-failure.ts';
import { relayerSigner } from '../../durable-objects/vault-access/relayer-signer.ts';
import { credentialVault, vaultRegistry } from '../../durable-objects/rpc/vault-stubs.ts';
import type { RotationStatus, Vault } from '../../shared/vault/port.ts';
import { requests, type VaultOperation, type VaultRequest } from '../../shared/vault/request.ts';
import { refusal, type VaultResult } from '../../shared/vault/result.ts';
import type { VaultEnv } from './env.ts';

/** Rows read at a time while a chain is walked: about 300 KB. */
const WALK_PAGE = 1_000;

/**
 * The only way into the vault: RPC over a service binding (docs/vault.md). It checks every request against
 * the vault's own schema, trusting the gateway with nothing, and passes it to the account's object.
 */
export class VaultService extends WorkerEntrypoint<VaultEnv> implements Vault {
  /** Whether the binding is wired, for the gateway's readiness. */
  status(): { readonly ok: true } {
    return { ok: true };
  }

  store(request: VaultRequest<'store'>): ReturnType<Vault['store']> {
    return this.#checked('store', request, (valid) => this.#object(valid).store(valid));
  }
  list(request: VaultRequest<'list'>): ReturnType<Vault['list']> {
    return this.#checked('list', request, (valid) => this.#object(valid).list(valid));
  }
  describe(request: VaultRequest<'describe'>): ReturnType<Vault['describe']> {
    return this.#checked('describe', request, (valid) => this.#object(valid).describe(valid));
  }
  remove(request: VaultRequest<'remove'>): ReturnType<Vault['remove']> {
    return this.#checked('remove', request, (valid) => this.#object(valid).remove(valid));
  }
  createWallet(request: VaultRequest<'createWallet'>): ReturnType<Vault['createWallet']> {
    return this.#checked('createWallet', request, (valid) => this.#object(valid).createWallet(valid));
  }
  signOrder(request: VaultRequest<'signOrder'>): ReturnType<Vault['signOrder']> {
    return this.#checked('signOrder', request, (valid) => this.#object(valid).signOrder(valid));
  }
  frameOrder(request: VaultRequest<'frameOrder'>): ReturnType<Vault['frameOrder']> {
    return this.#checked('frameOrder', request, (valid) => this.#object(valid).frameOrder(valid));
  }
  l1Headers(request: VaultRequest<'l1Headers'>): ReturnType<Vault['l1Headers']> {
    return this.#checked('l1Headers', request, (valid) => this.#object(valid).l1Headers(valid));
  }
  l2Headers(request: VaultRequest<'l2Headers'>): ReturnType<Vault['l2Headers']> {
    return this.#checked('l2Headers', request, (valid) => this.#object(valid).l2Headers(valid));
  }
  builderHeaders(request: VaultRequest<'builderHeaders'>): ReturnType<Vault['builderHeaders']> {
    return this.#checked('builderHeaders', request, (valid) => this.#object(valid).builderHeaders(valid));
  }
  kalshiHeaders(request: VaultRequest<'kalshiHeaders'>): ReturnType<Vault['kalshiHeaders']> {
    return this.#checked('kalshiHeaders', request, (valid) => this.#object(valid).kalshiHeaders(valid));
  }
  signEscrow(request: VaultRequest<'signEscrow'>): ReturnType<Vault['signEscrow']> {
    return this.#checked('signEscrow', request, (valid) => this.#object(valid).signEscrow(valid));
  }
  signCtf(request: VaultRequest<'signCtf'>): ReturnType<Vault['signCtf']> {
    return this.#checked('signCtf', request, (valid) => this.#object(valid).signCtf(valid));
  }
  signWalletBatch(request: VaultRequest<'signWalletBatch'>): ReturnType<Vault['signWalletBatch']> {
    return this.#checked('signWalletBatch', request, (valid) => this.#object(valid).signWalletBatch(valid));
  }
  async relayer(): ReturnType<Vault['relayer']> {
    try {
      return { ok: true, address: (await relayerSigner(this.env)).address };
    } catch (error) {
      return failureOf(error, 'relayer', '-');
    }
  }
  exchangeSession(request: VaultRequest<'exchangeSession'>): ReturnType<Vault['exchangeSession']> {
    return this.#checked('exchangeSession', request, (valid) => this.#object(valid).exchangeSession(valid));
  }
  exchangeAnswer(request: VaultRequest<'exchangeAnswer'>): ReturnType<Vault['exchangeAnswer']> {
    return this.#checked('exchangeAnswer', request, (valid) => this.#object(valid).exchangeAnswer(valid));
  }
  exportKey(request: VaultRequest<'exportKey'>): ReturnType<Vault['exportKey']> {
    return this.#checked('exportKey', request, (valid) => this.#object(valid).exportKey(valid));
  }
  auditPage(request: VaultRequest<'auditPage'>): ReturnType<Vault['auditPage']> {
    return this.#checked('auditPage', request, (valid) => this.#object(valid).auditPage(valid));
  }

  /** Destroys, then ends the object, so that no copy stays behind in the write-ahead log of its database. */
  destroy(request: VaultRequest<'destroy'>): ReturnType<Vault['destroy']> {
    return this.#checked('destroy', request, async (valid) => {
      const result = await this.#object(valid).destroy(valid);
      // Ending an object rejects the call that does it.
      if (result.ok)
        await this.#object(valid)
          .release()
          .catch(() => undefined);
      return result;
    });
  }

  /** Walks the chain here, page by page: the object goes on signing between two pages. */
  auditVerify(request: VaultRequest<'auditVerify'>): ReturnType<Vault['auditVerify']> {
    return this.#checked('auditVerify', request, async ({ scope }) => {
      const walk = new ChainWalk(scope);
      for (let after = 0; ; after += WALK_PAGE) {
        const page = await this.#object({ scope }).auditPage({ scope, after, limit: WALK_PAGE });
        if (!page.ok) return page;
        const whole = walk.follow(page.rows);
        if (!whole || page.rows.length < WALK_PAGE) return { ok: true, report: walk.report() };
      }
    });
  }

  rotationStatus(): Promise<RotationStatus> {
    return vaultRegistry(this.env).status();
  }
  startRotation(request: VaultRequest<'startRotation'>): ReturnType<Vault['startRotation']> {
    return this.#checked('startRotation', request, ({ actor }) => vaultRegistry(this.env).start(actor));
  }

  #object({ scope }: { readonly scope: { readonly account: string } }) {
    return credentialVault(this.env, scope.account);
  }

  /** REQUEST_INVALID names the members that do not fit, never what stood in them. */
  async #checked<O extends VaultOperation, T>(
    operation: O,
    request: VaultRequest<O>,
    act: (valid: VaultRequest<O>) => Promise<VaultResult<T>>,
  ): Promise<VaultResult<T>> {
    const parsed = requests[operation].safeParse(request);
    if (!parsed.success) {
      const members = parsed.error.issues.slice(0, 5).map(({ path }) => path.join('.'));
      return refusal('REQUEST_INVALID', `does not fit: ${members.join(', ')}`, members[0]);
    }
    // The schema of this very operation: the compiler loses the connection between the two indexed types.
    return act(parsed.data as VaultRequest<O>);
  }
}
