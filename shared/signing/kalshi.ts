import { headerText, requestMethod, requestPath, unixMilliseconds } from './checks.ts';
import { SigningFault } from './fault.ts';
import { rsaPkcs8 } from './rsa-pem.ts';
import { revealed, type SecretText } from './secret.ts';

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
  const key = await importKey(revealed(credential.privateKeyPem));
  const signature = await crypto.subtle.sign(
    { name: 'RSA-PSS', saltLength: SALT_LENGTH },
    key,
    new TextEncoder().encode(message),
  );
  return {
    'KALSHI-ACCESS-KEY': apiKeyId,
    'KALSHI-ACCESS-SIGNATURE': btoa(String.fromCharCode(...new Uint8Array(signature))),
    'KALSHI-ACCESS-TIMESTAMP': timestamp,
  };
}

async function importKey(pem: string) {
  const der = rsaPkcs8(pem);
  try {
    return await crypto.subtle.importKey('pkcs8', der, { name: 'RSA-PSS', hash: 'SHA-256' }, false, ['sign']);
  } catch {
    // The importer's own words may describe the key; the shape was right, so its numbers are not.
    throw new SigningFault('privateKeyPem', 'is damaged: its numbers are not an RSA key');
  }
}
