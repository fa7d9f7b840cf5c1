import { polygon } from '../../../shared/chain/polygon-contracts.ts';
import { ctfPolicy, keySigner } from '../../../shared/chain/key-signer.ts';
import type { ChainSigner, UnsignedTransaction } from '../../../shared/chain/port.ts';
import { SigningFault } from '../../../shared/signing/signing-fault.ts';
import type { PolymarketCredential } from '../../../shared/vault/credential.ts';
import type { SignedCall } from '../../../shared/vault/port.ts';
import { privateKeyOf } from './signers.ts';

/** The account's own wallet, for its conditional tokens. Throws CREDENTIAL_INCOMPLETE, SigningFault. */
export const walletSigner = (credential: PolymarketCredential): ChainSigner =>
  keySigner(privateKeyOf(credential), ctfPolicy(polygon));

/** Throws SigningFault for what the key's policy does not allow. */
export async function signCall(signer: ChainSigner, transaction: UnsignedTransaction): Promise<SignedCall> {
  const signed = await signer.signTransaction(transaction);
  if (!signed.ok) throw new SigningFault('transaction', 'is not among what this key may sign');
  return { raw: signed.raw };
}
