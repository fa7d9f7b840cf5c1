import { createHmac } from 'node:crypto';
import type { Wallet } from 'ethers';
import { ask, textOf, type Answer } from './ask.ts';

/** The two signatures of a Polymarket client, made by hand so that each part can be made wrong. */

export interface Triple {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string;
}

export interface L1Claim {
  readonly chainId?: number;
  readonly timestamp?: number;
  readonly nonce?: number;
  /** The address that is claimed, where it is not the signer's. */
  readonly address?: string;
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** L1 headers: an EIP-712 ClobAuth signature (contract: venues, "L1"). */
export async function l1Headers(wallet: Wallet, claim: L1Claim = {}): Promise<Record<string, string>> {
  const { chainId = 137, timestamp = nowSeconds(), nonce = 0, address = wallet.address } = claim;
  const signature = await wallet._signTypedData(
    { name: 'ClobAuthDomain', version: '1', chainId },
    {
      ClobAuth: [
        { name: 'address', type: 'address' },
        { name: 'timestamp', type: 'string' },
        { name: 'nonce', type: 'uint256' },
        { name: 'message', type: 'string' },
      ],
    },
    {
      address,
      timestamp: String(timestamp),
      nonce,
      message: 'This message attests that I control the given wallet',
    },
  );
  return {
    POLY_ADDRESS: address,
    POLY_SIGNATURE: signature,
    POLY_TIMESTAMP: String(timestamp),
    POLY_NONCE: String(nonce),
  };
}

export const createL2 = async (base: string, wallet: Wallet, claim: L1Claim = {}): Promise<Answer> =>
  ask(base, 'POST', '/v1/auth/api-key', { headers: await l1Headers(wallet, claim) });

export const deriveL2 = async (base: string, wallet: Wallet, claim: L1Claim = {}): Promise<Answer> =>
  ask(base, 'GET', '/v1/auth/derive-api-key', { headers: await l1Headers(wallet, claim) });

export const tripleOf = (answer: Answer): Triple => ({
  apiKey: textOf(answer, 'apiKey'),
  secret: textOf(answer, 'secret'),
  passphrase: textOf(answer, 'passphrase'),
});

export interface L2Claim {
  readonly method: string;
  /** Path as it is signed: without mount prefix and query. */
  readonly path: string;
  readonly body?: string;
  readonly timestamp?: number;
}

/** L2 headers: HMAC-SHA-256 of timestamp, method, path and body (contract: venues, "L2"). */
export function l2Headers(triple: Triple, address: string, claim: L2Claim): Record<string, string> {
  const { method, path, body = '', timestamp = nowSeconds() } = claim;
  const signature = createHmac('sha256', Buffer.from(triple.secret, 'base64'))
    .update(`${timestamp}${method}${path}${body}`)
    .digest('base64')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  return {
    POLY_ADDRESS: address,
    POLY_SIGNATURE: signature,
    POLY_TIMESTAMP: String(timestamp),
    POLY_API_KEY: triple.apiKey,
    POLY_PASSPHRASE: triple.passphrase,
  };
}

/** A signed request whose path, body or headers the caller may then tamper with. */
export function askL2(
  base: string,
  triple: Triple,
  address: string,
  claim: L2Claim,
  sent: { readonly path?: string; readonly body?: string } = {},
): Promise<Answer> {
  const body = sent.body ?? claim.body;
  return ask(base, claim.method, `/v1${sent.path ?? claim.path}`, {
    headers: l2Headers(triple, address, claim),
    ...(body === undefined ? {} : { raw: body }),
  });
}
