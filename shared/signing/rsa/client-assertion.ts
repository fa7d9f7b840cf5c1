import { SignJWT } from 'jose';
import { headerText } from '../checks.ts';
import { SigningFault } from '../signing-fault.ts';
import { rsaPkcs8 } from './rsa-pem.ts';
import { revealed, type SecretText } from '../secret.ts';

/** A client of the exchange's v1 dialect: the exchange has its public key. */
export interface AssertingClient {
  readonly clientId: string;
  /** PKCS#8 or PKCS#1, 2,048 to 8,192 bits. */
  readonly privateKeyPem: SecretText;
}

export interface Assertion {
  /** URL of the token endpoint that is to believe it. */
  readonly audience: string;
  /** Used once: the exchange refuses an assertion that it has seen. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly timestampMs: number;
}

/** A minute for its way, and one for clocks that differ; the exchange allows five (contract: exchange). */
const LIFE_S = 120;

/** WebCrypto's name of RS256. */
const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/**
 * The JWT with which a client asks for an access token (RFC 7523, section 3; docs.polymarket.us, "Authentication").
 * Rejects with SigningFault.
 */
export async function clientAssertion(
  { clientId, privateKeyPem }: AssertingClient,
  { audience, id, timestampMs }: Assertion,
): Promise<string> {
  const name = headerText('clientId', clientId);
  const der = rsaPkcs8(revealed(privateKeyPem));
  const issued = Math.floor(timestampMs / 1000);
  try {
    const key = await crypto.subtle.importKey('pkcs8', der, RS256, false, ['sign']);
    return await new SignJWT()
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(name)
      .setSubject(name)
      .setAudience(audience)
      .setJti(id)
      .setIssuedAt(issued)
      .setExpirationTime(issued + LIFE_S)
      .sign(key);
  } catch {
    // The importer's own words may describe the key; the shape was right, so its numbers are not.
    throw new SigningFault('privateKeyPem', 'is damaged: its numbers are not an RSA key');
  }
}
