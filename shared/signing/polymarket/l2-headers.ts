import { addressBytes, headerText } from '../checks.ts';
import { hmacSignature, type TimedRequest } from './hmac-signature.ts';
import { revealed, type SecretText } from '../secret.ts';

/** A CLOB key triple and the wallet that it belongs to. */
export interface L2Credential {
  readonly apiKey: string;
  /** base64 or base64url. */
  readonly secret: SecretText;
  readonly passphrase: SecretText;
  /** Sent as given: the venue compares addresses, not their capitals. */
  readonly address: string;
}

/** Headers that prove a CLOB key on one request (contract: venues, "L2"). Rejects with SigningFault. */
export async function l2Headers(
  credential: L2Credential,
  request: TimedRequest,
): Promise<Record<string, string>> {
  addressBytes('address', credential.address);
  return {
    POLY_ADDRESS: credential.address,
    POLY_SIGNATURE: await hmacSignature(credential.secret, request),
    POLY_TIMESTAMP: request.timestamp.toString(),
    POLY_API_KEY: headerText('apiKey', credential.apiKey),
    POLY_PASSPHRASE: headerText('passphrase', revealed(credential.passphrase)),
  };
}
