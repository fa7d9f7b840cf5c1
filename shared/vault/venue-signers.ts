import type { KalshiSigner, PolymarketIdentity, PolymarketSigner, Signed } from '../venues/port/signer.ts';
import type { CredentialView } from './credential.ts';
import type { WithCredential, Vault } from './port.ts';
import { vaultAnswer } from './vault-answer.ts';
import type { Actor, Scope, VaultRequest } from './request.ts';
import { refusal, type VaultResult } from './result.ts';

/** The vault on behalf of one caller. */
export interface VaultCaller {
  readonly vault: Vault;
  /** Goes into every request. */
  readonly call: { readonly scope: Scope; readonly actor: Actor };
}

export type PolymarketSource = VaultRequest<'signOrder'>['source'];
export type KalshiSource = VaultRequest<'kalshiHeaders'>['source'];
type BuilderSource = VaultRequest<'builderHeaders'>['source'];

type Described = VaultResult<{ readonly credential: CredentialView }>;

/** What may be told of one caller's credential. */
class CredentialDescription {
  readonly #ask: () => Promise<Described>;
  #answer: Promise<Described> | undefined;

  constructor({ vault, call }: VaultCaller, source: PolymarketSource | KalshiSource | BuilderSource) {
    this.#ask = () => vaultAnswer(vault.describe({ ...call, source }));
  }

  /** Asked once, however often the signer is, and not at all once something was signed. */
  get(): Promise<Described> {
    return (this.#answer ??= this.#ask());
  }

  /** A signature tells whose it is: whoever asks afterwards asks about that one. */
  async afterSigning<T>(
    signing: Promise<VaultResult<WithCredential<T>>>,
  ): Promise<VaultResult<WithCredential<T>>> {
    const signed = await vaultAnswer(signing);
    if (signed.ok) this.#answer = Promise.resolve({ ok: true, credential: signed.credential });
    return signed;
  }
}

/** A signer, and whose orders it sees. */
export interface IdentifiedSigner<S> {
  readonly signer: S;
  readonly identity: () => Promise<Signed<{ readonly identity: string }>>;
}

/** Attribution to a builder by the key that its own account keeps; none while it keeps none. */
export function builderSigner(caller: VaultCaller): NonNullable<PolymarketSigner['builder']> {
  const { vault, call } = caller;
  const source = { kind: 'stored', venue: 'builder' } as const;
  const describing = new CredentialDescription(caller, source);
  return {
    async code() {
      const answer = await describing.get();
      if (answer.ok) return { ok: true, code: answer.credential.builderCode };
      return answer.reason === 'CREDENTIAL_MISSING' ? { ok: true, code: undefined } : answer;
    },
    async headers(request) {
      const answer = await vaultAnswer(vault.builderHeaders({ ...call, source, request }));
      return !answer.ok && answer.reason === 'CREDENTIAL_MISSING' ? undefined : answer;
    },
  };
}

/** Polymarket's signatures, made by the vault with a stored credential or with the request's own. */
export function polymarketSigner(
  caller: VaultCaller,
  source: PolymarketSource,
  builder?: PolymarketSigner['builder'],
): IdentifiedSigner<PolymarketSigner> {
  const { vault, call } = caller;
  const describing = new CredentialDescription(caller, source);
  const identity: PolymarketSigner['identity'] = async () => {
    const answer = await describing.get();
    return answer.ok ? identityOf(answer.credential) : answer;
  };
  return {
    signer: {
      identity,
      l2Headers: (request) => describing.afterSigning(vault.l2Headers({ ...call, source, request })),
      async signOrder(order, exchange, framing) {
        const asked = { ...call, source, order, exchange, framing };
        return explainMissingClob(await describing.afterSigning(vault.signOrder(asked)));
      },
      frameOrder: async (order, framing) =>
        explainMissingClob(
          await describing.afterSigning(vault.frameOrder({ ...call, source, order, framing })),
        ),
      ...(builder && { builder }),
    },
    async identity() {
      const who = await identity();
      return who.ok ? { ok: true, identity: who.identity.address.toLowerCase() } : who;
    },
  };
}

function identityOf(credential: CredentialView): Signed<{ readonly identity: PolymarketIdentity }> {
  const { address, funder, signatureType = 0, keyId } = credential;
  if (address === undefined || keyId === undefined) return clobMissing();
  return { ok: true, identity: { address, funder, signatureType, apiKey: keyId } };
}

/** Who has no CLOB key yet is told how to get one. */
const explainMissingClob = <T>(signed: VaultResult<T>): VaultResult<T> =>
  !signed.ok && signed.part === 'clob' ? clobMissing() : signed;

const clobMissing = () =>
  refusal('CREDENTIAL_INCOMPLETE', 'clob is missing: repeat POST /api/v1/onboard', 'clob');

/** Kalshi's, likewise. Orders belong to a member, whom only the key's id tells. */
export function kalshiSigner(caller: VaultCaller, source: KalshiSource): IdentifiedSigner<KalshiSigner> {
  const { vault, call } = caller;
  const describing = new CredentialDescription(caller, source);
  return {
    signer: {
      kalshiHeaders: (request) => describing.afterSigning(vault.kalshiHeaders({ ...call, source, request })),
    },
    async identity() {
      const answer = await describing.get();
      if (!answer.ok) return answer;
      const { keyId } = answer.credential;
      return keyId === undefined
        ? refusal('CREDENTIAL_INCOMPLETE', 'apiKeyId is missing', 'apiKeyId')
        : { ok: true, identity: keyId };
    },
  };
}
