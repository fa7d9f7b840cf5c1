import { DurableObject } from 'cloudflare:workers';
import type { CredentialOf, CredentialVenue } from '../../../shared/vault/credential.ts';
import type { Vault } from '../../../shared/vault/port.ts';
import type { VaultRequest } from '../../../shared/vault/request.ts';
import { VaultRefusal, type VaultResult } from '../../../shared/vault/result.ts';
import type { VaultObjectEnv } from '../../vault-bindings.ts';
import { relayerSigner } from '../../vault-access/relayer-signer.ts';
import { signCall, walletSigner } from './chain-signers.ts';
import { viewOf, withAddress } from '../credentials.ts';
import type { Call, Operations } from '../operations.ts';
import type { RootKeyring } from '../../vault-access/root-keys.ts';
import type { SealedCredentials } from '../envelope/sealed-credentials.ts';
import { privateKeyOf, signers } from './signers.ts';
import type { CredentialStore } from '../envelope/credential-store.ts';
import { signOwnBatch } from './wallet-batches.ts';

/** Where a credential is taken from. */
type Source<V extends CredentialVenue> =
  | { readonly kind: 'stored'; readonly venue: V }
  | { readonly kind: 'request'; readonly credential: CredentialOf<V> };

/** Uses of an account's credentials, which change none: each opens one, signs, and records it. They wait for nobody. */
export abstract class SigningMethods extends DurableObject<VaultObjectEnv> {
  protected abstract readonly credentials: CredentialStore;
  protected abstract readonly operations: Operations;
  protected abstract readonly roots: RootKeyring;
  protected abstract readonly sealed: SealedCredentials;

  async describe(request: VaultRequest<'describe'>): ReturnType<Vault['describe']> {
    return this.#use('describe', request, request.source, (credential) =>
      Promise.resolve({ credential: viewOf(credential) }),
    );
  }

  async signOrder(request: VaultRequest<'signOrder'>): ReturnType<Vault['signOrder']> {
    return this.#use('signOrder', request, request.source, async (credential) => ({
      ...(await signers.order(credential, request)),
      credential: viewOf(credential),
    }));
  }

  async frameOrder(request: VaultRequest<'frameOrder'>): ReturnType<Vault['frameOrder']> {
    return this.#use('frameOrder', request, request.source, async (credential) => ({
      ...(await signers.frame(credential, request)),
      credential: viewOf(credential),
    }));
  }

  async l1Headers(request: VaultRequest<'l1Headers'>): ReturnType<Vault['l1Headers']> {
    return this.#use('l1Headers', request, request.source, async (credential) => ({
      headers: await signers.l1(credential, request.claim),
    }));
  }

  async l2Headers(request: VaultRequest<'l2Headers'>): ReturnType<Vault['l2Headers']> {
    return this.#use('l2Headers', request, request.source, async (credential) => ({
      headers: await signers.l2(credential, request.request),
      credential: viewOf(credential),
    }));
  }

  async builderHeaders(request: VaultRequest<'builderHeaders'>): ReturnType<Vault['builderHeaders']> {
    return this.#use('builderHeaders', request, request.source, async (credential) => ({
      headers: await signers.builder(credential, request.request),
    }));
  }

  async kalshiHeaders(request: VaultRequest<'kalshiHeaders'>): ReturnType<Vault['kalshiHeaders']> {
    return this.#use('kalshiHeaders', request, request.source, async (credential) => ({
      headers: await signers.kalshi(credential, request.request),
      credential: viewOf(credential),
    }));
  }

  async signEscrow(request: VaultRequest<'signEscrow'>): ReturnType<Vault['signEscrow']> {
    return this.operations.run('signEscrow', request, async () => {
      const signed = await signCall(await relayerSigner(this.env), request.transaction);
      return () => signed;
    });
  }

  async signCtf(request: VaultRequest<'signCtf'>): ReturnType<Vault['signCtf']> {
    const source = { kind: 'stored', venue: 'polymarket' } as const;
    return this.#use('signCtf', request, source, (credential) =>
      signCall(walletSigner(credential), request.transaction),
    );
  }

  async signWalletBatch(request: VaultRequest<'signWalletBatch'>): ReturnType<Vault['signWalletBatch']> {
    const source = { kind: 'stored', venue: 'polymarket' } as const;
    return this.#use('signWalletBatch', request, source, (credential) =>
      signOwnBatch(credential, request.chainId, request.batch, Date.now()),
    );
  }

  async exportKey(request: VaultRequest<'exportKey'>): ReturnType<Vault['exportKey']> {
    const source = { kind: 'stored', venue: 'polymarket' } as const;
    return this.#use('exportKey', request, source, (credential) => {
      if (this.env.KEY_EXPORT !== 'on')
        throw new VaultRefusal(
          'EXPORT_NOT_ALLOWED',
          'the operator has not enabled the export of private keys',
        );
      if (!request.permitted)
        throw new VaultRefusal('EXPORT_NOT_ALLOWED', 'the key lacks the permission credentials:export');
      const privateKey = privateKeyOf(credential).reveal();
      return Promise.resolve({ address: viewOf(credential).address ?? '', privateKey });
    });
  }

  /** Opens a credential, lets `act` use it, and records it. A stored one is read once: one whole version. */
  #use<V extends CredentialVenue, T extends object>(
    operation: string,
    call: Call,
    source: Source<V>,
    act: (credential: CredentialOf<V>) => Promise<T>,
  ): Promise<VaultResult<T>> {
    return this.operations.run(operation, call, async (note) => {
      if (source.kind === 'request') {
        note.given(source.credential.venue);
        const result = await act(withAddress(source.credential));
        return () => result;
      }
      const stored = this.credentials.find(source.venue);
      note.about(source.venue, stored);
      if (!stored)
        throw new VaultRefusal('CREDENTIAL_MISSING', `no credential for ${source.venue} is stored`);
      const result = await act(await this.sealed.open<V>(await this.roots.read(), call.scope, stored));
      return () => result;
    });
  }
}
