import { keepsFunds } from '../../../shared/chain/deposit-wallet-policy.ts';
import { tradingContracts } from '../../../shared/chain/trading-contracts.ts';
import { signWalletBatch, type WalletBatch } from '../../../shared/signing/polymarket/wallet-batch.ts';
import { SigningFault } from '../../../shared/signing/signing-fault.ts';
import type { PolymarketCredential } from '../../../shared/vault/credential.ts';
import type { SignedBatch } from '../../../shared/vault/port.ts';
import { VaultRefusal } from '../../../shared/vault/result.ts';
import { walletOf } from '../credentials.ts';
import { privateKeyOf } from './signers.ts';

/** Longest that a signed batch may be carried out, seconds: the venue's own clients give it ten minutes. */
const MAX_AHEAD_S = 3_600;

/**
 * Signs calls of the credential's own deposit wallet, as its owner. Throws CREDENTIAL_INCOMPLETE for a credential of
 * another kind, SigningFault for a call that the policy does not allow (shared/chain/deposit-wallet-policy.ts).
 */
export async function signOwnBatch(
  credential: PolymarketCredential,
  chainId: number,
  batch: Omit<WalletBatch, 'wallet'>,
  nowMs: number,
): Promise<SignedBatch> {
  const { funder: wallet, signatureType } = credential;
  const owner = walletOf(credential);
  if (signatureType !== 3 || wallet === undefined || owner === undefined)
    throw new VaultRefusal('CREDENTIAL_INCOMPLETE', 'the credential has no deposit wallet', 'funder');
  const privateKey = privateKeyOf(credential);
  if (chainId !== tradingContracts.chainId)
    throw new SigningFault('chainId', 'is not the chain of the wallet');
  if (!batch.calls.every((call) => keepsFunds(call, wallet)))
    throw new SigningFault('calls', 'are not among what this key may sign');
  const ahead = Number(batch.deadline) - Math.floor(nowMs / 1000);
  if (!(ahead > 0 && ahead <= MAX_AHEAD_S))
    throw new SigningFault('deadline', 'is not within an hour from now');
  return { owner, wallet, signature: await signWalletBatch(privateKey, { ...batch, wallet }, chainId) };
}
