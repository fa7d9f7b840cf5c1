import { compactDecrypt, CompactEncrypt, type CryptoKey } from 'jose';
import * as z from 'zod';

/**
 * An access token of the exchange on its way from the vault to the relay: a JWE to the relay's X25519 key. The vault
 * makes it, the gateway carries it and cannot read it (decision 24).
 */

const credential = z.strictObject({
  access_token: z.string().min(1).max(8192),
  /** Unix ms: when the exchange takes it no longer. */
  expires_at: z.int().positive(),
  /** For whom it was sealed: `<tenant>/<environment>`. The relay refuses it in any other desk's session. */
  desk: z.string().min(1).max(160),
  /** `x-participant-id` of the v1 dialect. */
  participant: z.string().max(256).optional(),
});
export type RelayCredential = z.infer<typeof credential>;

export const sealCredential = (key: CryptoKey, value: RelayCredential): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
    .encrypt(key);

/** Undefined when it was not sealed for this key, was altered, or holds something else. */
export async function openCredential(key: CryptoKey, sealed: string): Promise<RelayCredential | undefined> {
  try {
    const { plaintext } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: ['ECDH-ES'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return credential.parse(JSON.parse(new TextDecoder().decode(plaintext)));
  } catch {
    return undefined;
  }
}
