import { createHmac } from 'node:crypto';
import { boundedSet } from '../../lib/bounded-collections.ts';
import { uuidFromHex } from '../../lib/random.ts';

export interface ApiKeyRecord {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string;
  /** Lower case. */
  readonly address: string;
  readonly nonce: number;
}

export interface ApiKeys {
  readonly root: string;
  readonly byKey: Map<string, ApiKeyRecord>;
  /** Deleted in this run. A restart forgets deletions: keys are a function of the seed. */
  readonly revoked: Set<string>;
}

const MAX_KEYS = 20_000;

/** Nonces above this cannot be carried inside the key, so they would not survive a restart. */
export const MAX_NONCE = 0xffff_ffff;

export function createApiKeys(seed: number): ApiKeys {
  return { root: `postern-polymarket-emulator|${seed}`, byKey: new Map(), revoked: new Set() };
}

/**
 * A key is a function of (seed, address, nonce). Its first four bytes carry the nonce, masked, so
 * that a key made before a restart can be recognised from the request's address alone.
 */
export function deriveKey(keys: ApiKeys, address: string, nonce: number): ApiKeyRecord {
  const owner = address.toLowerCase();
  const carried = (nonce ^ maskOf(keys, owner)) >>> 0;
  const body = mac(keys, 'key', owner, nonce).toString('hex').slice(0, 24);
  return {
    apiKey: uuidFromHex(carried.toString(16).padStart(8, '0') + body),
    secret: base64Url(mac(keys, 'secret', owner, nonce)),
    passphrase: mac(keys, 'passphrase', owner, nonce).toString('hex'),
    address: owner,
    nonce,
  };
}

/** Remembers a key as active. */
export function activate(keys: ApiKeys, record: ApiKeyRecord): void {
  keys.revoked.delete(record.apiKey);
  boundedSet(keys.byKey, record.apiKey, record, MAX_KEYS);
}

/** The active key with this id for this address; recovers keys made before a restart. */
export function findKey(keys: ApiKeys, apiKey: string, address: string): ApiKeyRecord | undefined {
  if (keys.revoked.has(apiKey)) return undefined;
  const owner = address.toLowerCase();
  const known = keys.byKey.get(apiKey);
  if (known !== undefined) return known.address === owner ? known : undefined;
  const carried = Number.parseInt(apiKey.slice(0, 8), 16);
  if (!Number.isInteger(carried)) return undefined;
  const record = deriveKey(keys, owner, (carried ^ maskOf(keys, owner)) >>> 0);
  if (record.apiKey !== apiKey) return undefined;
  activate(keys, record);
  return record;
}

export function revoke(keys: ApiKeys, record: ApiKeyRecord): void {
  keys.byKey.delete(record.apiKey);
  if (keys.revoked.size < MAX_KEYS) keys.revoked.add(record.apiKey);
}

export function keysOf(keys: ApiKeys, address: string): readonly string[] {
  return [...keys.byKey.values()].filter((key) => key.address === address).map((key) => key.apiKey);
}

function maskOf(keys: ApiKeys, owner: string): number {
  return mac(keys, 'mask', owner, 0).readUInt32BE(0);
}

function mac(keys: ApiKeys, label: string, owner: string, nonce: number): Buffer {
  return createHmac('sha256', keys.root).update(`${label}|${owner}|${nonce}`).digest();
}

/** The venue's secrets are url-safe base64 with padding. */
function base64Url(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
