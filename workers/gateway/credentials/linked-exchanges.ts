import * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import type { StoredView } from '../../../shared/vault/port.ts';
import { askVault, type VaultAccess } from './vault-access.ts';

/**
 * Everything that is known of an account's credentials. The vault is the one place that knows it: nothing about a
 * link is kept anywhere else, so nothing can disagree.
 */
export async function storedViews({ vault, call }: VaultAccess): Promise<readonly StoredView[]> {
  const answer = await askVault('polymarket', vault.list(call));
  if (!answer.ok) throw new RequestError(answer);
  return answer.credentials;
}

/** Venues that a trader links: neither the builder's own key nor a desk's login is of one. */
const isExchange = ({ venue }: StoredView): boolean => venue !== 'builder' && venue !== 'exchange';

/** Whether requests can be signed: a wallet without its CLOB key cannot yet. */
const isLinked = ({ venue, state, parts }: StoredView): boolean =>
  state === 'ready' && (venue !== 'polymarket' || parts.includes('clob'));

/** Names of the exchanges that requests can be signed for. */
export const linkedExchanges = (views: readonly StoredView[]): string[] =>
  views.filter((view) => isExchange(view) && isLinked(view)).map(({ venue }) => venue);

/** Exchanges with something stored, and whether it is enough. */
export const exchangeStates = (
  views: readonly StoredView[],
): { exchange: string; has_credentials: boolean }[] =>
  views.filter(isExchange).map((view) => ({ exchange: view.venue, has_credentials: isLinked(view) }));

/** A wallet on the wire (contract: router, `GET /wallet`). */
export const walletInfo = z.object({
  eoa_address: z.string(),
  wallet_type: z.enum(['eoa', 'safe']),
  safe_address: z.string().optional(),
  chain_id: z.number(),
  created_at: z.string(),
  managed: z.boolean(),
  signer_address: z.string().optional(),
  funder: z.string().optional(),
});

/** The account's wallet, undefined where none is known. */
export function walletOf(
  views: readonly StoredView[],
  chainId: number,
): z.infer<typeof walletInfo> | undefined {
  const view = views.find(({ venue }) => venue === 'polymarket');
  if (view?.address === undefined) return undefined;
  return {
    eoa_address: view.owner ?? view.address,
    wallet_type: view.signatureType === 2 ? 'safe' : 'eoa',
    ...(view.signatureType === 2 && view.funder !== undefined && { safe_address: view.funder }),
    chain_id: chainId,
    created_at: new Date(view.createdAt).toISOString(),
    managed: view.managed === true,
    ...(view.owner !== undefined && { signer_address: view.address }),
    ...(view.signatureType === 1 && view.funder !== undefined && { funder: view.funder }),
  };
}
