import { polygon } from '../../shared/chain/polygon-contracts.ts';
import { ctfPolicy, escrowPolicy, keySigner } from '../../shared/chain/key-signer.ts';
import type { ChainSigner, UnsignedTransaction } from '../../shared/chain/port.ts';
import type { Hex } from '../../shared/signing/checks.ts';
import { SigningFault } from '../../shared/signing/signing-fault.ts';
import { Secret } from '../../shared/signing/secret.ts';
import type { PolymarketCredential } from '../../shared/vault/credential.ts';
import type { SignedCall } from '../../shared/vault/port.ts';
import { VaultRefusal } from '../../shared/vault/result.ts';
import type { VaultObjectEnv } from '../vault-bindings.ts';
import { privateKeyOf } from './signers.ts';

/** What the secret holds where a deployment has no fee escrow: wrangler wants each required secret set. */
const UNUSED = 'unused';

/**
 * The relayer, who may pull, distribute and refund at the deployment's own escrow contract and nothing else. The
 * contract is the vault's setting: the gateway cannot name another. Throws CREDENTIAL_MISSING, SigningFault.
 */
export async function relayerSigner(
  env: Pick<VaultObjectEnv, 'RELAYER_KEY' | 'ESCROW_CONTRACT'>,
): Promise<ChainSigner> {
  const { RELAYER_KEY: binding, ESCROW_CONTRACT: contract } = env;
  const key = typeof binding === 'string' ? binding : await binding.get();
  if (key === UNUSED || !isAddress(contract))
    throw new VaultRefusal('CREDENTIAL_MISSING', 'this deployment has no fee escrow');
  return keySigner(Secret.of(key), escrowPolicy(polygon.chainId, contract));
}

/** The account's own wallet, for its conditional tokens. Throws CREDENTIAL_INCOMPLETE, SigningFault. */
export const walletSigner = (credential: PolymarketCredential): ChainSigner =>
  keySigner(privateKeyOf(credential), ctfPolicy(polygon));

/** Throws SigningFault for what the key's policy does not allow. */
export async function signCall(signer: ChainSigner, transaction: UnsignedTransaction): Promise<SignedCall> {
  const signed = await signer.signTransaction(transaction);
  if (!signed.ok) throw new SigningFault('transaction', 'is not among what this key may sign');
  return { raw: signed.raw };
}

const isAddress = (text: string): text is Hex => /^0x[0-9a-fA-F]{40}$/.test(text);
