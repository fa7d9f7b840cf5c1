import type { CredentialView } from '../../../shared/vault/credential.ts';
import type { VaultRequest } from '../../../shared/vault/request.ts';
import type { KalshiReadSigner } from '../../../shared/venues/kalshi/credential-check.ts';
import { obtainClobKey, type ClobSigner } from '../../../shared/venues/polymarket/account/clob-key.ts';
import type { Found } from '../../../shared/venues/port.ts';
import {
  noCredentials,
  withFunder,
  withTriple,
  type SuppliedKalshi,
  type SuppliedPolymarket,
} from './supplied-credentials.ts';
import { askVault, type VaultAccess } from './vault-access.ts';

type PolymarketSource = VaultRequest<'l2Headers'>['source'];

/** Where a credential comes from: the request itself, or, with `undefined`, the vault. */
const polymarketSource = (given: SuppliedPolymarket | undefined): PolymarketSource =>
  given ? { kind: 'request', credential: given.open() } : { kind: 'stored', venue: 'polymarket' };
const kalshiSource = (given: SuppliedKalshi | undefined): VaultRequest<'kalshiHeaders'>['source'] =>
  given ? { kind: 'request', credential: given.open() } : { kind: 'stored', venue: 'kalshi' };

/** Polymarket's signatures, made by the vault. */
export function clobSigner(
  { vault, call }: VaultAccess,
  given: SuppliedPolymarket | undefined,
  chainId: number,
): ClobSigner {
  const source = (): PolymarketSource => polymarketSource(given);
  return {
    l1: (claim) =>
      askVault('polymarket', vault.l1Headers({ ...call, source: source(), claim: { ...claim, chainId } })),
    l2: (request) => askVault('polymarket', vault.l2Headers({ ...call, source: source(), request })),
  };
}

/** Kalshi's, likewise. */
export const kalshiSigner = (
  { vault, call }: VaultAccess,
  given: SuppliedKalshi | undefined,
): KalshiReadSigner => ({
  sign: (request) =>
    askVault('kalshi', vault.kalshiHeaders({ ...call, source: kalshiSource(given), request })),
});

/** What may be told of the wallet's credential that a request would use. CREDENTIALS_REQUIRED where there is none. */
export async function describeCredential(
  { vault, call }: VaultAccess,
  given: SuppliedPolymarket | undefined,
): Promise<Found<CredentialView>> {
  const source = polymarketSource(given);
  const answer = await askVault('polymarket', vault.describe({ ...call, source }));
  return answer.ok ? { ok: true, value: answer.credential } : answer;
}

/** A wallet that can be asked about at the venue. */
export interface ClobWallet {
  readonly signer: ClobSigner;
  readonly view: CredentialView;
}

/** Signs for the wallet of a request; a private key alone gets its CLOB key from the venue, for this request. */
export async function clobWallet(
  access: VaultAccess,
  venue: { readonly base: string; readonly chainId: number },
  given: SuppliedPolymarket | undefined,
): Promise<Found<ClobWallet>> {
  const found = await describeCredential(access, given);
  if (!found.ok) return found;
  const view = found.value;
  const signer = clobSigner(access, given, venue.chainId);
  if (given) withFunder(given, view);
  if (view.parts.includes('clob')) return { ok: true, value: { signer, view } };
  if (!given) return noCredentials('Onboarding is not finished: repeat POST /api/v1/onboard');
  const triple = await obtainClobKey(venue.base, signer);
  if (!triple.ok) return triple;
  const complete = withTriple(given, triple.value);
  return { ok: true, value: { signer: clobSigner(access, complete, venue.chainId), view } };
}
