import { readKalshiBalance } from '../../../shared/venues/kalshi/credential-check.ts';
import { proveClobKey, readCollateral } from '../../../shared/venues/polymarket/account/clob-key.ts';
import type { Found } from '../../../shared/venues/port.ts';
import type { Env } from '../env.ts';
import type { SuppliedCredential, SuppliedKalshi, SuppliedPolymarket } from './supplied-credentials.ts';
import { clobWallet, kalshiSigner } from './vault-signers.ts';
import type { VaultAccess } from './vault-access.ts';

/** Where Polymarket is, and the chain of its wallets. */
export interface ClobVenue {
  readonly base: string;
  readonly chainId: number;
}

export const clobVenue = (env: Env): ClobVenue => ({
  base: env.POLYMARKET_CLOB_URL,
  chainId: Number(env.L1_CHAIN_ID),
});

/** Cash on a venue: millionths of a dollar, and the venue's own reply. */
export interface Cash {
  readonly raw: object;
  readonly micro: bigint;
}

/**
 * Cash of the wallet or member whose credential a request brings, or the vault keeps. CREDENTIALS_REQUIRED,
 * AUTHENTICATION_FAILED, VENUE_UNAVAILABLE.
 */
export async function readCash(
  access: VaultAccess,
  env: Env,
  venue: SuppliedCredential['venue'],
  given: SuppliedCredential | undefined,
): Promise<Found<Cash>> {
  if (venue === 'kalshi') return readKalshiBalance(env.KALSHI_URL, kalshiSigner(access, kalshi(given)));
  const session = await clobWallet(access, clobVenue(env), polymarket(given));
  if (!session.ok) return session;
  const { signer, view } = session.value;
  return readCollateral(env.POLYMARKET_CLOB_URL, signer, view.signatureType ?? 0);
}

/** Whether the venue believes the credential: one authenticated read. Failures as `readCash`. */
export async function proveCredential(
  access: VaultAccess,
  env: Env,
  venue: SuppliedCredential['venue'],
  given: SuppliedCredential | undefined,
): Promise<Found<unknown>> {
  if (venue === 'kalshi') return readKalshiBalance(env.KALSHI_URL, kalshiSigner(access, kalshi(given)));
  const session = await clobWallet(access, clobVenue(env), polymarket(given));
  return session.ok ? proveClobKey(env.POLYMARKET_CLOB_URL, session.value.signer) : session;
}

const kalshi = (given: SuppliedCredential | undefined): SuppliedKalshi | undefined =>
  given?.venue === 'kalshi' ? given : undefined;
const polymarket = (given: SuppliedCredential | undefined): SuppliedPolymarket | undefined =>
  given?.venue === 'polymarket' ? given : undefined;
