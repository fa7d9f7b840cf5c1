import { utils } from 'ethers';
import type { IncomingHttpHeaders } from 'node:http';
import { header } from '../../lib/http/headers.ts';
import { CHAIN_ID } from '../orders/typed-data.ts';
import { nowSeconds, type Venue } from '../state.ts';
import { invalidL1 } from '../venue-error.ts';
import { MAX_NONCE } from './api-keys.ts';
import { isFresh } from './hmac.ts';

/** Wallets may need a while to ask their user; wider than for L2. Seconds. */
const MAX_SKEW_SECONDS = 300;

const TYPES = {
  ClobAuth: [
    { name: 'address', type: 'address' },
    { name: 'timestamp', type: 'string' },
    { name: 'nonce', type: 'uint256' },
    { name: 'message', type: 'string' },
  ],
};

const MESSAGE = 'This message attests that I control the given wallet';

export interface ClobAuth {
  readonly address: string;
  readonly timestamp: string;
  readonly nonce: number;
  readonly signature: string;
}

/** Recovers the signer of a ClobAuth message. @throws when the signature is malformed. */
export function recoverClobAuth(auth: ClobAuth, chainId: number): string {
  return utils.verifyTypedData(
    { name: 'ClobAuthDomain', version: '1', chainId },
    TYPES,
    { address: auth.address.toLowerCase(), timestamp: auth.timestamp, nonce: auth.nonce, message: MESSAGE },
    auth.signature,
  );
}

/** Who signed the L1 headers. @throws 401 `Invalid L1 Request headers`. */
export function requireL1(venue: Venue, headers: IncomingHttpHeaders): ClobAuth {
  const nonceText = header(headers, 'poly_nonce') ?? '0';
  const auth: ClobAuth = {
    address: header(headers, 'poly_address') ?? '',
    timestamp: header(headers, 'poly_timestamp') ?? '',
    nonce: /^\d{1,10}$/.test(nonceText) ? Number(nonceText) : MAX_NONCE + 1,
    signature: header(headers, 'poly_signature') ?? '',
  };
  if (auth.nonce > MAX_NONCE || !isFresh(auth.timestamp, nowSeconds(venue), MAX_SKEW_SECONDS)) {
    throw invalidL1();
  }
  if (!/^0x[0-9a-fA-F]{40}$/.test(auth.address) || !isSignedByAddress(auth)) throw invalidL1();
  return auth;
}

function isSignedByAddress(auth: ClobAuth): boolean {
  try {
    return recoverClobAuth(auth, CHAIN_ID).toLowerCase() === auth.address.toLowerCase();
  } catch {
    return false;
  }
}
