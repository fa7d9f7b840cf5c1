import { polygon } from '../../../shared/chain/polygon-contracts.ts';
import { createCtfChain } from '../../../shared/chain/ctf-chain.ts';
import { createJsonRpc } from '../../../shared/chain/json-rpc.ts';
import { noSigner } from '../../../shared/chain/no-signer.ts';
import type { ChainSigner, CtfChain } from '../../../shared/chain/port.ts';
import type { Found } from '../../../shared/venues/port.ts';
import { failure } from '../../../shared/errors/failure.ts';
import type { Hex } from '../../../shared/signing/checks.ts';
import { vaultAnswer } from '../../../shared/vault/vault-answer.ts';
import { unsupported } from '../../../shared/venues/port/capabilities.ts';
import type { ObjectEnv } from '../../bindings.ts';
import { chainSettings } from '../../../shared/chain/chain-settings.ts';
import { vaultOf } from '../../rpc/vault-stubs.ts';
import type { LiveCaller } from '../live/model.ts';

/** Reads are asked three times within a request's 30 s. */
const NODE_TIMEOUT_MS = 3_000;

export const ctfChain = (env: ObjectEnv, signer: ChainSigner = noSigner): CtfChain => {
  const { url, confirmations } = chainSettings(env);
  const rpc = createJsonRpc(url, NODE_TIMEOUT_MS);
  return createCtfChain({ rpc, signer, contracts: polygon, confirmations });
};

/**
 * The account's own wallet as the vault signs for it. CREDENTIALS_REQUIRED where nothing, or no private key, is
 * stored; NOT_SUPPORTED where a Safe or a proxy holds the tokens, which only their own contracts could move.
 */
export async function ownWallet(env: ObjectEnv, caller: LiveCaller): Promise<Found<ChainSigner>> {
  const { tenant, account, keyId, requestId } = caller;
  const call = { scope: { tenant, account }, actor: { keyId, requestId } };
  const vault = vaultOf(env);
  const source = { kind: 'stored', venue: 'polymarket' } as const;
  const found = await vaultAnswer(vault.describe({ ...call, source }));
  if (!found.ok) {
    return found.reason === 'CREDENTIAL_MISSING'
      ? failure('CREDENTIALS_REQUIRED')
      : failure('VENUE_UNAVAILABLE', { message: 'The vault is unavailable', retryAfter: 1 });
  }
  const { parts, address, signatureType = 0 } = found.credential;
  if (signatureType !== 0)
    return unsupported('polymarket', 'split, merge and redeem for a Safe or a proxy wallet');
  if (!parts.includes('privateKey') || address === undefined) {
    return failure('CREDENTIALS_REQUIRED', {
      message: "This needs the wallet's private key: onboard with private_key, or mode managed",
    });
  }
  const signer: ChainSigner = {
    address: lower(address),
    signTransaction: async (transaction) => {
      const signed = await vaultAnswer(vault.signCtf({ ...call, transaction }));
      return signed.ok ? { ok: true, raw: signed.raw } : { ok: false, reason: 'FORBIDDEN' };
    },
  };
  return { ok: true, value: signer };
}

const lower = (address: string): Hex => `0x${address.slice(2).toLowerCase()}`;
