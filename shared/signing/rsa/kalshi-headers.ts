import { headerText, requestMethod, requestPath, unixMilliseconds } from '../checks.ts';
import { SigningFault } from '../signing-fault.ts';
import { rsaPkcs8 } from './rsa-pem.ts';
import { revealed, type SecretText } from '../secret.ts';

export interface KalshiCredential {
  readonly apiKeyId: string;
  /** PKCS#8 or PKCS#1, 2,048 to 8,192 bits. */
  readonly privateKeyPem: SecretText;
}

export interface KalshiRequest {
  readonly method: string;
  /** The whole pathname, `/trade-api/v2` included, without the query. */
  readonly path: string;
  /** Unix milliseconds. */
  readonly timestampMs: number;
}

/** WebCrypto's MGF1 uses the same hash. */
const RSA_PSS = { name: 'RSA-PSS', hash: 'SHA-256' };
/** Bytes of salt: the length of the digest (contract: venues, "Kalshi"). */
const SALT_LENGTH = 32;

/**
 * Headers that prove a Kalshi key on one request: RSA-PSS with SHA-256 over timestamp + METHOD + path, base64
 * (contract: venues, "Kalshi"). The body is not signed. Salted, so no two signatures are equal. Rejects with
 * SigningFault.
 */
export async function kalshiHeaders(
  credential: KalshiCredential,
  request: KalshiRequest,
): Promise<Record<string, string>> {
  const apiKeyId = headerText('apiKeyId', credential.apiKeyId);
  const timestamp = unixMilliseconds(request.timestampMs).toString();
  const message = `${timestamp}${requestMethod(request.method)}${requestPath(request.path)}`;
  const signature = await signPss(revealed(credential.privateKeyPem), message);
  return {
    'KALSHI-ACCESS-KEY': apiKeyId,
    'KALSHI-ACCESS-SIGNATURE': btoa(String.fromCharCode(...signature)),
    'KALSHI-ACCESS-TIMESTAMP': timestamp,
  };
}

async function signPss(pem: string, message: string): Promise<Uint8Array> {
  const der = rsaPkcs8(pem);
  try {
    const key = await crypto.subtle.importKey('pkcs8', der, RSA_PSS, false, ['sign']);
    const algorithm = { name: RSA_PSS.name, saltLength: SALT_LENGTH };
    return new Uint8Array(await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(message)));
  } catch {
    // The importer's own words may describe the key; the shape was right, so its numbers are not.
    throw new SigningFault('privateKeyPem', 'is damaged: its numbers are not an RSA key');
  }
}
