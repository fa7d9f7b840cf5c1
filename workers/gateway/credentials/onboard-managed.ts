import { failure } from '../../../shared/errors/failure.ts';
import type { StoredView } from '../../../shared/vault/port.ts';
import type { Found } from '../../../shared/venues/port.ts';
import { obtainClobKey, proveClobKey } from '../../../shared/venues/polymarket/account/clob-key.ts';
import { safeAddressOf } from '../../../shared/venues/polymarket/account/safe-address.ts';
import { openedTriple, type SuppliedPolymarket } from './supplied-credentials.ts';
import {
  converge,
  onboarded,
  storeInPlace,
  type Onboarded,
  type Step,
  type OnboardingAttempt,
} from './onboarding.ts';
import { clobSigner } from './vault-signers.ts';
import { reachVault, toFailure, type VaultAccess } from './vault-access.ts';
import type { ClobVenue } from './clob-venue.ts';

/** What a managed wallet is to be: its own, or the signer of a Safe made for somebody's wallet. */
export type WalletKind = { readonly type: 'eoa' } | { readonly type: 'safe'; readonly owner: string };

/**
 * A wallet made in the vault, with the CLOB key that Polymarket has for it. The wallet stays when a later step fails:
 * a second call goes on from there.
 */
export const onboardManaged = (
  access: VaultAccess,
  venue: ClobVenue,
  kind: WalletKind,
): Promise<Found<Onboarded>> =>
  converge(access, 'polymarket', (before) => attempt(access, venue, kind, before));

async function attempt(
  access: VaultAccess,
  venue: ClobVenue,
  kind: WalletKind,
  before: StoredView | undefined,
): Promise<OnboardingAttempt> {
  if (before && before.managed !== true) return failure('CREDENTIALS_LINKED');
  if (before?.parts.includes('clob') === true)
    return isOfKind(before, kind) ? onboarded('already_linked', ...walletSteps(kind)) : anotherKind();
  const wallet = await reachVault(access.vault.createWallet(access.call));
  if (!wallet.ok) return wallet.reason === 'CREDENTIAL_EXISTS' ? 'changed' : toFailure('polymarket', wallet);
  const { address, credential } = wallet;
  // The trader's own wallet, stored since we looked.
  if (credential.managed !== true) return 'changed';
  const triple = await obtainClobKey(venue.base, clobSigner(access, undefined, venue.chainId));
  if (!triple.ok) return triple;
  const clob = triple.value;
  const proof: SuppliedPolymarket = {
    venue: 'polymarket',
    clobKey: clob.apiKey,
    hasPrivateKey: false,
    open: () => ({ venue: 'polymarket', address, clob: openedTriple(clob) }),
  };
  const proven = await proveClobKey(venue.base, clobSigner(access, proof, venue.chainId));
  if (!proven.ok) return proven;
  const whole = { venue: 'polymarket', clob: openedTriple(clob), ...fundedBy(kind, address) } as const;
  const stored = await storeInPlace(access, whole, credential, 'merge');
  return stored === 'stored' ? onboarded('complete', ...walletSteps(kind)) : stored;
}

/** The Safe is the signer's own: Polymarket takes its orders from no other key. */
const fundedBy = (kind: WalletKind, signer: string) =>
  kind.type === 'safe'
    ? ({ signatureType: 2, funder: safeAddressOf(signer), owner: kind.owner } as const)
    : {};

const isOfKind = ({ signatureType, owner }: StoredView, kind: WalletKind): boolean =>
  kind.type === 'safe'
    ? signatureType === 2 && owner?.toLowerCase() === kind.owner.toLowerCase()
    : signatureType !== 2;

const anotherKind = (): OnboardingAttempt =>
  failure('CREDENTIALS_LINKED', { message: 'A managed wallet of another kind is linked' });

const walletSteps = ({ type }: WalletKind): readonly Step[] =>
  type === 'safe' ? ['external_eoa_provided', 'wallet_safe_created'] : ['wallet_eoa_created'];
