import type { Failure } from '../../../shared/errors/failure.ts';
import { equalSecrets } from '../../../shared/keys/digest.ts';
import type { CredentialView } from '../../../shared/vault/credential.ts';
import type { StoredView } from '../../../shared/vault/port.ts';
import type { Found } from '../../../shared/venues/port.ts';
import {
  deriveClobKey,
  hasClobKey,
  obtainClobKey,
  proveClobKey,
  type ClobKey,
} from '../../../shared/venues/polymarket/account/clob-key.ts';
import { readKalshiBalance } from '../../../shared/venues/kalshi/credential-check.ts';
import { credentialRefused } from '../../../shared/venues/http/signed-read.ts';
import {
  openedTriple,
  withFunder,
  withTriple,
  type SuppliedKalshi,
  type SuppliedPolymarket,
} from './supplied-credentials.ts';
import {
  converge,
  onboarded,
  storeInPlace,
  walletInTheWay,
  type Onboarded,
  type OnboardingAttempt,
} from './onboarding.ts';
import { clobSigner, describeCredential, kalshiSigner } from './vault-signers.ts';
import type { VaultAccess } from './vault-access.ts';
import type { ClobVenue } from './clob-venue.ts';

/** A trader's own wallet and CLOB key, stored once Polymarket has believed them. */
export const onboardPolymarket = (
  access: VaultAccess,
  venue: ClobVenue,
  given: SuppliedPolymarket,
): Promise<Found<Onboarded>> =>
  converge(access, 'polymarket', async (before): Promise<OnboardingAttempt> => {
    if (before?.managed === true || before?.state === 'unreadable') return walletInTheWay(before);
    const found = await describeCredential(access, given);
    if (!found.ok) return found;
    const funded = withFunder(given, found.value);
    if (before && (await isStored(access, funded, found.value, before))) return onboarded('already_linked');
    const whole = await withClobKey(access, venue, funded);
    if (!whole.ok) return whole;
    const proven = await proveClobKey(venue.base, clobSigner(access, whole.value, venue.chainId));
    if (!proven.ok) return explained(access, venue, whole.value, proven);
    const stored = await storeInPlace(access, whole.value.open(), before);
    return stored === 'stored' ? onboarded('complete') : stored;
  });

/** A private key alone gets the CLOB key that Polymarket has for it. */
async function withClobKey(
  access: VaultAccess,
  venue: ClobVenue,
  given: SuppliedPolymarket,
): Promise<Found<SuppliedPolymarket>> {
  if (given.clobKey !== undefined) return { ok: true, value: given };
  const triple = await obtainClobKey(venue.base, clobSigner(access, given, venue.chainId));
  return triple.ok ? { ok: true, value: withTriple(given, triple.value) } : triple;
}

/** A time that no venue takes: what is signed with it is only compared. */
const COMPARED = { method: 'GET', path: '/', timestamp: 0 } as const;
const COMPARED_MS = 1_000_000_000_000;

/**
 * Whether just this credential is stored. Secrets are not compared, nor taken out of the vault: equal ones make equal
 * signatures.
 */
async function isStored(
  access: VaultAccess,
  given: SuppliedPolymarket,
  view: CredentialView,
  before: StoredView,
): Promise<boolean> {
  const funder = given.open().funder?.toLowerCase();
  const sameWallet =
    before.address?.toLowerCase() === view.address?.toLowerCase() &&
    before.signatureType === view.signatureType &&
    before.funder?.toLowerCase() === funder &&
    before.parts.includes('privateKey') === given.hasPrivateKey &&
    before.parts.includes('clob');
  if (!sameWallet || given.clobKey === undefined) return sameWallet;
  const { vault, call } = access;
  const request = COMPARED;
  const source = { kind: 'stored', venue: 'polymarket' } as const;
  const [stored, now] = await Promise.all([
    vault.l2Headers({ ...call, source, request }),
    vault.l2Headers({ ...call, source: { kind: 'request', credential: given.open() }, request }),
  ]);
  return stored.ok && now.ok && equalSecrets(JSON.stringify(stored.headers), JSON.stringify(now.headers));
}

/** What is wrong with a CLOB key that Polymarket refused; the venue itself does not say. */
async function explained(
  access: VaultAccess,
  venue: ClobVenue,
  given: SuppliedPolymarket,
  refusal: Failure,
): Promise<Failure> {
  if (refusal.reason !== 'AUTHENTICATION_FAILED') return refusal;
  if (!given.hasPrivateKey)
    return credentialRefused(
      'is not accepted with its secret and passphrase for this wallet',
      'clob_api_key',
    );
  // The private key proves the wallet, whose real CLOB keys tell what the given one is.
  const derived = await deriveClobKey(venue.base, clobSigner(access, given, venue.chainId));
  if (derived === 'none') return notOfThisWallet();
  if (!derived.ok) return derived;
  if (derived.value.apiKey === given.clobKey) return wrongPart(given, derived.value);
  const signer = clobSigner(access, withTriple(given, derived.value), venue.chainId);
  const known = await hasClobKey(venue.base, signer, given.clobKey ?? '');
  if (!known.ok) return known;
  return known.value
    ? credentialRefused(
        'is wrong, or clob_api_passphrase is: the key is one of this wallet',
        'clob_api_secret',
      )
    : notOfThisWallet();
}

const notOfThisWallet = (): Failure =>
  credentialRefused('is not a key of the wallet of private_key: one of the two is wrong', 'clob_api_key');

async function wrongPart(given: SuppliedPolymarket, real: ClobKey): Promise<Failure> {
  const { clob } = given.open();
  const passphrase = await equalSecrets(clob?.passphrase ?? '', openedTriple(real).passphrase);
  return passphrase
    ? credentialRefused('is not the secret of this CLOB key', 'clob_api_secret')
    : credentialRefused('is not the passphrase of this CLOB key', 'clob_api_passphrase');
}

/** A member's own API key, stored once Kalshi has believed it. */
export const onboardKalshi = (
  access: VaultAccess,
  base: string,
  given: SuppliedKalshi,
): Promise<Found<Onboarded>> =>
  converge(access, 'kalshi', async (before): Promise<OnboardingAttempt> => {
    const proven = await readKalshiBalance(base, kalshiSigner(access, given));
    if (!proven.ok) return proven;
    if (before && (await isStoredKalshi(access, base, given))) return onboarded('already_linked');
    const stored = await storeInPlace(access, given.open(), before);
    return stored === 'stored' ? onboarded('complete') : stored;
  });

/**
 * The same, of a key that Kalshi has just believed. Its signatures are salted, so they are not compared: an id has one
 * key, and the stored one is that key if Kalshi believes it too.
 */
async function isStoredKalshi(access: VaultAccess, base: string, given: SuppliedKalshi): Promise<boolean> {
  const signer = kalshiSigner(access, undefined);
  const signed = await signer.sign({ method: 'GET', path: '/', timestampMs: COMPARED_MS });
  if (!signed.ok || signed.headers['KALSHI-ACCESS-KEY'] !== given.open().apiKeyId) return false;
  return (await readKalshiBalance(base, signer)).ok;
}
