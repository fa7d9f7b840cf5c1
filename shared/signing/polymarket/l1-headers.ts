import { privateKeyToAddress, sign } from 'viem/accounts';
import { hashTypedData } from 'viem/utils';
import { chainNumber, uint256, unixSeconds } from '../checks.ts';
import { SigningFault } from '../signing-fault.ts';
import type { SecretText } from '../secret.ts';
import { readPrivateKey } from '../wallet.ts';

export interface L1Claim {
  readonly chainId: number;
  /** Unix seconds. */
  readonly timestamp: number;
  /** Chooses among the API keys of one wallet; Polymarket's clients send 0. */
  readonly nonce: bigint | number;
}

/** The sentence that the wallet signs (contract: venues, "L1"). */
const MESSAGE = 'This message attests that I control the given wallet';

const types = {
  ClobAuth: [
    { name: 'address', type: 'address' },
    { name: 'timestamp', type: 'string' },
    { name: 'nonce', type: 'uint256' },
    { name: 'message', type: 'string' },
  ],
} as const;

/**
 * Headers with which a wallet creates or derives its CLOB key (contract: venues, "L1"): an EIP-712 ClobAuth
 * signature, 65 bytes, low s, deterministic. Rejects with SigningFault.
 */
export async function l1Headers(privateKey: SecretText, claim: L1Claim): Promise<Record<string, string>> {
  const key = readPrivateKey(privateKey);
  const address = privateKeyToAddress(key);
  const timestamp = unixSeconds(claim.timestamp).toString();
  const nonce = readNonce(claim.nonce);
  const hash = hashTypedData({
    domain: { name: 'ClobAuthDomain', version: '1', chainId: chainNumber(claim.chainId) },
    types,
    primaryType: 'ClobAuth',
    message: { address, timestamp, nonce, message: MESSAGE },
  });
  return {
    POLY_ADDRESS: address,
    POLY_SIGNATURE: await sign({ hash, privateKey: key, to: 'hex' }),
    POLY_TIMESTAMP: timestamp,
    POLY_NONCE: nonce.toString(),
  };
}

function readNonce(nonce: bigint | number): bigint {
  if (typeof nonce !== 'number') return uint256('nonce', nonce);
  if (!Number.isSafeInteger(nonce) || nonce < 0) throw new SigningFault('nonce', 'is not a whole number');
  return BigInt(nonce);
}
