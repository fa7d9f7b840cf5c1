import { sign } from 'viem/accounts';
import { hashTypedData } from 'viem/utils';
import { addressBytes, callData, chainNumber, uint256, type Hex } from '../checks.ts';
import { SigningFault } from '../signing-fault.ts';
import type { SecretText } from '../secret.ts';
import { readPrivateKey } from '../wallet.ts';
import { DEPOSIT_WALLET_DOMAIN } from './contract-wallet-signature.ts';

/** One call that a deposit wallet is to make. */
export interface WalletCall {
  readonly target: string;
  /** Wei of the chain's own coin. */
  readonly value: bigint;
  /** ABI-encoded call, hex. */
  readonly data: string;
}

/** Calls that a deposit wallet makes in one transaction, in this order, or not at all. */
export interface WalletBatch {
  readonly wallet: string;
  /** The wallet's next nonce on the chain. */
  readonly nonce: bigint;
  /** Unix seconds, after which the wallet refuses the batch. */
  readonly deadline: bigint;
  readonly calls: readonly WalletCall[];
}

/** Approvals of a new wallet are 15 calls; more than this is a mistake. */
const MAX_CALLS = 32;

const types = {
  Call: [
    { name: 'target', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'data', type: 'bytes' },
  ],
  Batch: [
    { name: 'wallet', type: 'address' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
    { name: 'calls', type: 'Call[]' },
  ],
} as const;

/** The EIP-712 digest of a batch (polymarket-today 1.3). Throws SigningFault. */
export function walletBatchDigest(batch: WalletBatch, chainId: number): Hex {
  const { calls } = batch;
  if (calls.length === 0 || calls.length > MAX_CALLS)
    throw new SigningFault('calls', `are not 1 to ${MAX_CALLS}`);
  const wallet = addressBytes('wallet', batch.wallet);
  return hashTypedData({
    domain: { ...DEPOSIT_WALLET_DOMAIN, chainId: chainNumber(chainId), verifyingContract: wallet },
    types,
    primaryType: 'Batch',
    message: {
      wallet,
      nonce: uint256('nonce', batch.nonce),
      deadline: uint256('deadline', batch.deadline),
      calls: calls.map(({ target, value, data }) => ({
        target: addressBytes('calls', target),
        value: uint256('calls', value),
        data: callData('calls', data),
      })),
    },
  });
}

/**
 * The owner's signature under a batch, which the relayer of the venue carries to the chain: 65 bytes, deterministic.
 * Rejects with SigningFault. What the calls do is the caller's to judge.
 */
export async function signWalletBatch(
  privateKey: SecretText,
  batch: WalletBatch,
  chainId: number,
): Promise<Hex> {
  const hash = walletBatchDigest(batch, chainId);
  return sign({ hash, privateKey: readPrivateKey(privateKey), to: 'hex' });
}
