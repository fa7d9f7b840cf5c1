import { headerText } from '../checks.ts';
import { hmacSignature, type TimedRequest } from './hmac-signature.ts';
import { revealed, type SecretText } from '../secret.ts';

/** A builder key triple, with which orders of schema 1 are attributed to a builder. */
export interface BuilderCredential {
  readonly key: string;
  /** base64 or base64url. */
  readonly secret: SecretText;
  readonly passphrase: SecretText;
}

/**
 * Headers that attribute a `POST /order(s)` to a builder (contract: venues, "Builder attribution"). They stand
 * beside the L2 headers and sign the same request. Rejects with SigningFault.
 */
export async function builderHeaders(
  credential: BuilderCredential,
  request: TimedRequest,
): Promise<Record<string, string>> {
  return {
    POLY_BUILDER_API_KEY: headerText('key', credential.key),
    POLY_BUILDER_PASSPHRASE: headerText('passphrase', revealed(credential.passphrase)),
    POLY_BUILDER_SIGNATURE: await hmacSignature(credential.secret, request),
    POLY_BUILDER_TIMESTAMP: request.timestamp.toString(),
  };
}
