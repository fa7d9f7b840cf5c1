import { toHex } from './digest.ts';

/**
 * The L2 triples that Postern issues to Polymarket clients (contract: clob, "L1 and L2"). Nothing secret is
 * stored: id, secret and passphrase are HMACs of one root secret, so deriving again gives the same triple and
 * a stolen disk gives none. See docs/decisions/0002-derived-l2-triples.md.
 */
export interface L2Triple {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string;
}

/** Bytes as WebCrypto takes them everywhere: never over a shared buffer. */
type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();

/** The id of the key for an address (lower case), nonce and generation: a UUID. */
export async function deriveApiKeyId(
  root: string,
  address: string,
  nonce: string,
  generation: number,
): Promise<string> {
  const bytes = await hmac(
    Uint8Array.from(encoder.encode(root)),
    `l2 id\n${address}\n${nonce}\n${generation}`,
  );
  return toUuid(bytes);
}

/** Secret and passphrase that belong to an id and an address. */
export async function deriveTriple(root: string, apiKey: string, address: string): Promise<L2Triple> {
  const key: Bytes = Uint8Array.from(encoder.encode(root));
  const [secret, passphrase] = await Promise.all([
    hmac(key, `l2 secret\n${apiKey}\n${address}`),
    hmac(key, `l2 passphrase\n${apiKey}\n${address}`),
  ]);
  return { apiKey, secret: toBase64Url(secret), passphrase: toHex(passphrase) };
}

/** The signature that a client with this secret sends (contract: venues, "L2"): URL-safe base64, padded. */
export async function signL2(secret: string, message: string): Promise<string> {
  return toBase64Url(await hmac(fromBase64Url(secret), message));
}

async function hmac(key: Bytes, message: string): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ]);
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode(message)));
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');

const fromBase64Url = (text: string): Bytes =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));

/** Sets version 8 (custom) and the RFC 9562 variant, so that the id is a valid UUID. */
function toUuid(bytes: Uint8Array): string {
  const copy = bytes.slice(0, 16);
  copy[6] = ((copy[6] ?? 0) & 0x0f) | 0x80;
  copy[8] = ((copy[8] ?? 0) & 0x3f) | 0x80;
  return toHex(copy).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
