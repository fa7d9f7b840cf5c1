import type { VaultObjectEnv } from '../vault-bindings.ts';
import type { ChainSigner } from '../../shared/chain/port.ts';
import { VaultRefusal } from '../../shared/vault/result.ts';
import { keySigner, escrowPolicy } from '../../shared/chain/key-signer.ts';
import { Secret } from '../../shared/signing/secret.ts';
import { polygon } from '../../shared/chain/polygon-contracts.ts';
import type { Hex } from '../../shared/signing/checks.ts';

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

const isAddress = (text: string): text is Hex => /^0x[0-9a-fA-F]{40}$/.test(text);
