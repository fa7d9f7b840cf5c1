import { recoverTypedDataAddress } from 'viem';
import { RequestError } from '../../../shared/errors/failure.ts';
import { MAX_SKEW_SECONDS } from './l2-signature.ts';

/** A proven wallet: lower-case address and the nonce it signed. */
export interface L1Proof {
  readonly address: string;
  readonly nonce: string;
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
 * Verifies the L1 headers of a Polymarket client: an EIP-712 ClobAuth signature by the address it names.
 * Throws INVALID_KEY with a sentence that says which part is wrong.
 */
export async function verifyL1(headers: Headers, chainId: number, nowMs: number): Promise<L1Proof> {
  const address = headers.get('poly_address') ?? '';
  const signature = headers.get('poly_signature') ?? '';
  const timestamp = headers.get('poly_timestamp') ?? '';
  const nonce = headers.get('poly_nonce') ?? '0';
  if (!isAddress(address)) throw refused('POLY_ADDRESS is missing or not an address');
  if (!isSignature(signature)) throw refused('POLY_SIGNATURE is missing or not a 65-byte signature');
  if (!/^\d{1,12}$/.test(timestamp)) throw refused('POLY_TIMESTAMP is missing or not Unix seconds');
  if (!/^\d{1,20}$/.test(nonce)) throw refused('POLY_NONCE is not a whole number');
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > MAX_SKEW_SECONDS) {
    throw refused(`POLY_TIMESTAMP is more than ${MAX_SKEW_SECONDS} s off: compare with GET /v1/time`);
  }
  const signer = await recover({ address, signature, timestamp, nonce, chainId });
  if (signer !== address.toLowerCase()) throw refused('POLY_SIGNATURE was not made by POLY_ADDRESS');
  return { address: signer, nonce: BigInt(nonce).toString() };
}

async function recover(claim: {
  readonly address: `0x${string}`;
  readonly signature: `0x${string}`;
  readonly timestamp: string;
  readonly nonce: string;
  readonly chainId: number;
}): Promise<string | undefined> {
  try {
    const signer = await recoverTypedDataAddress({
      domain: { name: 'ClobAuthDomain', version: '1', chainId: claim.chainId },
      types,
      primaryType: 'ClobAuth',
      message: {
        // Upper-case checksums differ among wallets; the signed value is the address itself.
        address: lower(claim.address),
        timestamp: claim.timestamp,
        nonce: BigInt(claim.nonce),
        message: MESSAGE,
      },
      signature: claim.signature,
    });
    return signer.toLowerCase();
  } catch {
    return undefined;
  }
}

const isAddress = (text: string): text is `0x${string}` => /^0x[0-9a-fA-F]{40}$/.test(text);
const isSignature = (text: string): text is `0x${string}` => /^0x[0-9a-fA-F]{130}$/.test(text);
const lower = (address: `0x${string}`): `0x${string}` => `0x${address.slice(2).toLowerCase()}`;

const refused = (message: string): RequestError =>
  new RequestError('INVALID_KEY', { message: `Invalid L1 Request headers: ${message}` });
