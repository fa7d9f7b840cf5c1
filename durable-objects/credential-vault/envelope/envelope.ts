import { VaultRefusal } from '../../../shared/vault/result.ts';
import { lengthPrefixed, type Bytes } from '../../../shared/vault/bytes.ts';
import { rootKey, type RootKeys } from '../../vault-access/root-keys.ts';

/**
 * What a sealed value belongs to. It goes into the associated data of both encryptions, so a record that is
 * moved to another place does not open there.
 */
export interface Place {
  readonly tenant: string;
  readonly account: string;
  readonly venue: string;
  readonly credential: string;
  readonly version: number;
}

/** A data key under a root version. */
export interface WrappedKey {
  readonly rootVersion: number;
  readonly nonce: Bytes;
  readonly wrapped: Bytes;
}

export interface SealedValue {
  readonly commitment: Bytes;
  readonly nonce: Bytes;
  readonly ciphertext: Bytes;
}

export interface Sealed {
  readonly key: WrappedKey;
  readonly value: SealedValue;
}

/** An AES-GCM key that cannot be taken out again. */
type Cipher = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** Changes with anything below. */
const FORMAT = 'postern-vault/1';
/** What the wrapping key is for: other uses of a root key would derive other keys. */
const PURPOSE = 'credentials';
/** AES-GCM's own nonce length. Random ones are safe: each data key encrypts once, each wrap is of a fresh key. */
const NONCE_BYTES = 12;
const KEY_BYTES = 32;

/** Encrypts a value under a fresh data key, and that key under the current root version. */
export async function seal(roots: RootKeys, place: Place, value: Uint8Array): Promise<Sealed> {
  const dataKey = random(KEY_BYTES);
  const [key, { commitment, cipher }] = await Promise.all([
    wrap(roots, place, dataKey),
    expand(dataKey, place),
  ]);
  const nonce = random(NONCE_BYTES);
  const ciphertext = await encrypt(cipher, nonce, associated(place), Uint8Array.from(value));
  return { key, value: { commitment, nonce, ciphertext } };
}

/** The value. Throws CREDENTIAL_UNREADABLE when any byte differs or the place is another, ROOT_VERSION_MISSING. */
export async function open(roots: RootKeys, place: Place, sealed: Sealed): Promise<Bytes> {
  const cipher = await committed(await unwrap(roots, place, sealed.key), place, sealed.value.commitment);
  return decrypt(cipher, sealed.value.nonce, associated(place), sealed.value.ciphertext, 'value');
}

/** The same data key under the current root version. The value is not touched. */
export async function rewrap(
  roots: RootKeys,
  place: Place,
  key: WrappedKey,
  commitment: Bytes,
): Promise<WrappedKey> {
  const dataKey = await unwrap(roots, place, key);
  // A key that does not belong to the value must not get a fresh, valid wrap.
  await committed(dataKey, place, commitment);
  return wrap(roots, place, dataKey);
}

async function wrap(roots: RootKeys, place: Place, dataKey: Bytes): Promise<WrappedKey> {
  const rootVersion = roots.current;
  const nonce = random(NONCE_BYTES);
  const cipher = await wrappingKey(rootKey(roots, rootVersion), place.tenant);
  const wrapped = await encrypt(cipher, nonce, associated(place, rootVersion), dataKey);
  return { rootVersion, nonce, wrapped };
}

async function unwrap(roots: RootKeys, place: Place, key: WrappedKey): Promise<Bytes> {
  const cipher = await wrappingKey(rootKey(roots, key.rootVersion), place.tenant);
  return decrypt(cipher, key.nonce, associated(place, key.rootVersion), key.wrapped, 'wrapped key');
}

/** HKDF-SHA-256 of the root key over (tenant, purpose). */
async function wrappingKey(root: Bytes, tenant: string): Promise<Cipher> {
  return aesKey(await hkdf(root, lengthPrefixed(FORMAT, 'wrap', tenant, PURPOSE), KEY_BYTES));
}

/** From the data key: one half to recognise it by, the other to encrypt with. Neither tells the other. */
async function expand(
  dataKey: Bytes,
  place: Place,
): Promise<{ readonly commitment: Bytes; readonly cipher: Cipher }> {
  const both = await hkdf(dataKey, lengthPrefixed('expand', associated(place)), 2 * KEY_BYTES);
  return { commitment: both.slice(0, KEY_BYTES), cipher: await aesKey(both.slice(KEY_BYTES)) };
}

/**
 * The cipher of a data key that the record has committed to. AES-GCM alone would let one ciphertext open under
 * several keys; the commitment is compared before anything is decrypted, in constant time.
 */
async function committed(dataKey: Bytes, place: Place, expected: Bytes): Promise<Cipher> {
  const { commitment, cipher } = await expand(dataKey, place);
  if (!sameBytes(commitment, expected)) throw unreadable('commitment');
  return cipher;
}

/** Compares without telling by time where two values differ. The length is no secret. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [index, byte] of a.entries()) difference |= byte ^ (b[index] ?? 0);
  return difference === 0;
}

/** Format, tenant, account, venue, credential, version; for a wrapped key also the root version. */
function associated(place: Place, rootVersion?: number): Bytes {
  const { tenant, account, venue, credential, version } = place;
  const root = rootVersion === undefined ? [] : [rootVersion];
  return lengthPrefixed(FORMAT, tenant, account, venue, credential, version, ...root);
}

async function hkdf(secret: Bytes, info: Bytes, length: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
  // No salt: the secrets are uniformly random already (RFC 5869, section 3.1).
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, key, length * 8));
}

const aesKey = (bytes: Bytes): Promise<Cipher> =>
  crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);

async function encrypt(key: Cipher, nonce: Bytes, associatedData: Bytes, plain: Bytes): Promise<Bytes> {
  const parameters = { name: 'AES-GCM', iv: nonce, additionalData: associatedData };
  return new Uint8Array(await crypto.subtle.encrypt(parameters, key, plain));
}

async function decrypt(
  key: Cipher,
  nonce: Bytes,
  associatedData: Bytes,
  ciphertext: Bytes,
  part: string,
): Promise<Bytes> {
  try {
    const parameters = { name: 'AES-GCM', iv: nonce, additionalData: associatedData };
    return new Uint8Array(await crypto.subtle.decrypt(parameters, key, ciphertext));
  } catch {
    throw unreadable(part);
  }
}

const unreadable = (part: string): VaultRefusal =>
  new VaultRefusal('CREDENTIAL_UNREADABLE', `the sealed record does not open: ${part}`, part);

const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
