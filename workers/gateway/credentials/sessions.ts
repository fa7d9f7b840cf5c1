import type { CredentialView } from '../../../shared/vault/credential.ts';
import type { VaultRequest } from '../../../shared/vault/request.ts';
import type { KalshiSigner } from '../../../shared/venues/kalshi/account.ts';
import { obtainTriple, type ClobSigner } from '../../../shared/venues/polymarket/clob-account.ts';
import type { Found } from '../../../shared/venues/port.ts';
import {
  noCredentials,
  withFunder,
  withTriple,
  type Given,
  type GivenKalshi,
  type GivenPolymarket,
} from './given.ts';
import { asked, type VaultAccess } from './vault-access.ts';

type PolymarketSource = VaultRequest<'l2Headers'>['source'];

/** Where a credential comes from: the request itself, or, with `undefined`, the vault. */
const polymarketSource = (given: GivenPolymarket | undefined): PolymarketSource =>
  given ? { kind: 'request', credential: given.open() } : { kind: 'stored', venue: 'polymarket' };
const kalshiSource = (given: GivenKalshi | undefined): VaultRequest<'kalshiHeaders'>['source'] =>
  given ? { kind: 'request', credential: given.open() } : { kind: 'stored', venue: 'kalshi' };

/** Polymarket's signatures, made by the vault. */
export function clobSigner(
  { vault, call }: VaultAccess,
  given: GivenPolymarket | undefined,
  chainId: number,
): ClobSigner {
  const source = (): PolymarketSource => polymarketSource(given);
  return {
    l1: (claim) =>
      asked('polymarket', vault.l1Headers({ ...call, source: source(), claim: { ...claim, chainId } })),
    l2: (request) => asked('polymarket', vault.l2Headers({ ...call, source: source(), request })),
  };
}

/** Kalshi's, likewise. */
export const kalshiSigner = ({ vault, call }: VaultAccess, given: GivenKalshi | undefined): KalshiSigner => ({
  sign: (request) => asked('kalshi', vault.kalshiHeaders({ ...call, source: kalshiSource(given), request })),
});

/** What may be told of the credential that a request would use. CREDENTIALS_REQUIRED where there is none. */
export async function described(
  { vault, call }: VaultAccess,
  venue: Given['venue'],
  given: Given | undefined,
): Promise<Found<CredentialView>> {
  const source = describedSource(venue, given);
  const answer = await asked(venue, vault.describe({ ...call, source }));
  return answer.ok ? { ok: true, value: answer.credential } : answer;
}

function describedSource(
  venue: Given['venue'],
  given: Given | undefined,
): VaultRequest<'describe'>['source'] {
  if (venue === 'kalshi') return kalshiSource(given?.venue === 'kalshi' ? given : undefined);
  return polymarketSource(given?.venue === 'polymarket' ? given : undefined);
}

/** A wallet that can be asked about at the venue. */
export interface ClobSession {
  readonly signer: ClobSigner;
  readonly view: CredentialView;
}

/** Signs for the wallet of a request; a private key alone gets its CLOB key from the venue, for this request. */
export async function clobSession(
  access: VaultAccess,
  venue: { readonly base: string; readonly chainId: number },
  given: GivenPolymarket | undefined,
): Promise<Found<ClobSession>> {
  const found = await described(access, 'polymarket', given);
  if (!found.ok) return found;
  const view = found.value;
  const signer = clobSigner(access, given, venue.chainId);
  if (given) withFunder(given, view);
  if (view.parts.includes('clob')) return { ok: true, value: { signer, view } };
  if (!given) return noCredentials('Onboarding is not finished: repeat POST /api/v1/onboard');
  const triple = await obtainTriple(venue.base, signer);
  if (!triple.ok) return triple;
  const complete = withTriple(given, triple.value);
  return { ok: true, value: { signer: clobSigner(access, complete, venue.chainId), view } };
}
