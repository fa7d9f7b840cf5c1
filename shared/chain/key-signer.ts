import type { Abi } from 'viem';
import { signTransaction } from 'viem/accounts';
import { toFunctionSelector } from 'viem/utils';
import type { Hex } from '../signing/checks.ts';
import type { SecretText } from '../signing/secret.ts';
import { addressOf, readPrivateKey } from '../signing/wallet.ts';
import { conditionalTokensAbi, escrowAbi, negRiskAdapterAbi } from './abi.ts';
import type { ChainContracts } from './polygon-contracts.ts';
import type { ChainSigner, UnsignedTransaction } from './port.ts';

/** What a key may sign: calls of these functions of these contracts, for at most this much gas. */
export interface SignerPolicy {
  readonly chainId: number;
  /** Lower-case address → selectors (0x and 8 hex digits). */
  readonly calls: Readonly<Record<string, readonly Hex[]>>;
  /** gas × maxFeePerGas, wei. */
  readonly maxCost: bigint;
}

/**
 * A signer of the key's own: for the vault, where the relayer's key is. Whoever asks it chooses neither the
 * contract nor the function, nor can it be made to send money: a transaction outside the policy is FORBIDDEN. Throws
 * SigningFault when the key is none.
 */
export function keySigner(privateKey: SecretText, policy: SignerPolicy): ChainSigner {
  const key = readPrivateKey(privateKey);
  return {
    address: lower(addressOf(privateKey)),
    signTransaction: async (transaction) => {
      if (!allows(policy, transaction)) return { ok: false, reason: 'FORBIDDEN' };
      const { chainId, nonce, to, data, gas, maxFeePerGas, maxPriorityFeePerGas } = transaction;
      const raw = await signTransaction({
        privateKey: key,
        transaction: {
          type: 'eip1559',
          chainId,
          nonce,
          to,
          data,
          gas,
          maxFeePerGas,
          maxPriorityFeePerGas,
          value: 0n,
        },
      });
      return { ok: true, raw };
    },
  };
}

function allows(
  { chainId, calls, maxCost }: SignerPolicy,
  { chainId: wanted, to, data, gas, maxFeePerGas }: UnsignedTransaction,
): boolean {
  const selectors = calls[to.toLowerCase()];
  const selector = data.slice(0, 10).toLowerCase();
  if (wanted !== chainId || selectors?.some((known) => known === selector) !== true) return false;
  return gas > 0n && maxFeePerGas > 0n && gas * maxFeePerGas <= maxCost;
}

const lower = (address: Hex): Hex => `0x${address.slice(2).toLowerCase()}`;

/** Gas of an escrow's call is below 200,000; at 2,500 gwei, five times what Polygon's worst days asked, 0.5 POL. */
const MAX_ESCROW_COST = 5n * 10n ** 17n;

/** Splitting and merging touch more storage: below 500,000. */
const MAX_CTF_COST = 125n * 10n ** 16n;

/** Selectors of the functions that change something. */
const selectorsOf = (abi: Abi): readonly Hex[] =>
  abi
    .filter((item) => item.type === 'function')
    .filter(({ stateMutability }) => stateMutability === 'nonpayable')
    .map((item) => toFunctionSelector(item));

/** What the operator's relayer may sign: the three commands of the escrow contract. */
export const escrowPolicy = (chainId: number, escrow: Hex): SignerPolicy => ({
  chainId,
  calls: { [lower(escrow)]: selectorsOf(escrowAbi) },
  maxCost: MAX_ESCROW_COST,
});

/** What a wallet may sign for its conditional tokens. */
export const ctfPolicy = (contracts: ChainContracts): SignerPolicy => ({
  chainId: contracts.chainId,
  calls: {
    [lower(contracts.conditionalTokens)]: selectorsOf(conditionalTokensAbi),
    [lower(contracts.negRiskAdapter)]: selectorsOf(negRiskAdapterAbi),
  },
  maxCost: MAX_CTF_COST,
});
