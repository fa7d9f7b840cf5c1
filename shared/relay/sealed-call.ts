import { base64url, compactDecrypt, CompactEncrypt, type CryptoKey } from 'jose';
import * as z from 'zod';

/**
 * A login or refresh that passes the gateway unread (decision 25): the vault seals the body to the relay's X25519 key,
 * together with a fresh key under which the relay seals the exchange's answer. Only answers are sealed: a reply that is
 * `not-sent` or `unknown` says why in plain.
 */

const sealedCall = z.strictObject({
  /** As after `/sealed`: a login that is carried to another path would end in that one's logs, or its query. */
  path: z.string().max(128),
  body: z.string().max(64 * 1024),
  reply_key: z.string().length(43),
});

const REPLY_KEY_BYTES = 32;

export interface SealedCall {
  /** The body of the request. */
  readonly sealed: string;
  /** The exchange's answer; undefined when it is not one to this call. */
  open(reply: string): Promise<string | undefined>;
}

export async function sealCall(relayKey: CryptoKey, path: string, body: string): Promise<SealedCall> {
  const replyKey = crypto.getRandomValues(new Uint8Array(REPLY_KEY_BYTES));
  const plain = JSON.stringify({ path, body, reply_key: base64url.encode(replyKey) });
  const sealed = await new CompactEncrypt(new TextEncoder().encode(plain))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
    .encrypt(relayKey);
  return { sealed, open: (reply) => decrypt(replyKey, reply, 'dir') };
}

export interface OpenedCall {
  readonly body: string;
  sealReply(answer: string): Promise<string>;
}

/** Undefined when it was not sealed for this key and path, was altered, or holds something else. */
export async function openCall(
  relayKey: CryptoKey,
  path: string,
  sealed: string,
): Promise<OpenedCall | undefined> {
  const plain = await decrypt(relayKey, sealed, 'ECDH-ES');
  const call = sealedCall.safeParse(plain === undefined ? undefined : parse(plain));
  if (!call.success || call.data.path !== path) return undefined;
  const replyKey = base64url.decode(call.data.reply_key);
  return {
    body: call.data.body,
    sealReply: (answer) =>
      new CompactEncrypt(new TextEncoder().encode(answer))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .encrypt(replyKey),
  };
}

async function decrypt(
  key: CryptoKey | Uint8Array,
  sealed: string,
  algorithm: 'dir' | 'ECDH-ES',
): Promise<string | undefined> {
  try {
    const { plaintext } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: [algorithm],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return new TextDecoder().decode(plaintext);
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
