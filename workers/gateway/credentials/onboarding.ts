import { failure, type Failure } from '../../../shared/errors/failure.ts';
import type { StoredView } from '../../../shared/vault/port.ts';
import type { Found } from '../../../shared/venues/port.ts';
import type { VaultRequest } from '../../../shared/vault/request.ts';
import { askVault, reachVault, toFailure, type VaultAccess } from './vault-access.ts';

/** What an onboarding has done, in the words of the wire (contract: router, `POST /onboard`). */
export type Step =
  | 'wallet_eoa_created'
  | 'external_eoa_provided'
  | 'wallet_safe_created'
  | 'credentials_validated'
  | 'credentials_stored'
  | 'exchange_linked';

/** The last three of every onboarding. */
const LINKED: readonly Step[] = ['credentials_validated', 'credentials_stored', 'exchange_linked'];

export interface Onboarded {
  readonly status: 'complete' | 'already_linked';
  readonly steps: readonly Step[];
}

/** One try: done, refused, or to be looked at again because another request changed what stands there. */
export type OnboardingAttempt = Found<Onboarded> | 'changed';

/** How often another request may come in between before the caller is told to come again. */
const MAX_TRIES = 4;

/**
 * Runs an onboarding against what stands in the vault. Each try ends in one `store` that names what it saw, so of two
 * requests at once one stores, and the other one looks again and finds it done.
 */
export async function converge(
  access: VaultAccess,
  venue: 'polymarket' | 'kalshi',
  attempt: (before: StoredView | undefined) => Promise<OnboardingAttempt>,
): Promise<Found<Onboarded>> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const views = await askVault(venue, access.vault.list(access.call));
    if (!views.ok) return views;
    const result = await attempt(views.credentials.find((view) => view.venue === venue));
    if (result !== 'changed') return result;
  }
  return failure('VENUE_UNAVAILABLE', {
    message: 'These credentials are being changed elsewhere',
    retryAfter: 1,
  });
}

type Credential = VaultRequest<'store'>['credential'];

/** Puts a credential in the place of what was seen there. */
export async function storeInPlace(
  { vault, call }: VaultAccess,
  credential: Credential,
  before: Pick<StoredView, 'id' | 'version'> | undefined,
  mode: 'replace' | 'merge' = 'replace',
): Promise<'stored' | 'changed' | Failure> {
  const replacing = before ? { id: before.id, version: before.version } : null;
  const result = await reachVault(vault.store({ ...call, credential, mode, replacing }));
  if (result.ok) return 'stored';
  return result.reason === 'CREDENTIAL_CHANGED' ? 'changed' : toFailure(credential.venue, result);
}

export const onboarded = (status: Onboarded['status'], ...first: readonly Step[]): Found<Onboarded> => ({
  ok: true,
  value: { status, steps: [...first, ...LINKED] },
});

/** Why nothing is put in the place of a wallet that the vault made, or of what may be one. */
export const walletInTheWay = ({ managed }: StoredView): Failure =>
  failure('CREDENTIALS_LINKED', {
    message:
      managed === true
        ? 'A managed wallet is linked, and its key exists nowhere else: unlink it first'
        : 'What is linked cannot be read: ask the operator, or unlink it first',
  });
