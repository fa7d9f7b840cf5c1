import { createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { boundedSet } from '../../lib/bounded-collections.ts';
import { accountOf } from '../ledger.ts';
import type { Venue } from '../state.ts';
import type { ApiKeyRecord } from './api-key-record.ts';

const MAX_KEYS = 20_000;
/** Smaller RSA keys are not taken for anything new. */
const MIN_MODULUS_BITS = 2048;

/** An RSA public key from PEM, or undefined: a private key, another kind and a short key are all refused. */
export function readPublicKey(pem: string): KeyObject | undefined {
  if (!pem.includes('PUBLIC KEY')) return undefined;
  try {
    const key = createPublicKey(pem);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === 'rsa' && bits >= MIN_MODULUS_BITS ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Registers a key of a user, who gets an account with it. An id that is known is replaced. */
export function registerKey(
  venue: Venue,
  key: {
    readonly userId: string;
    readonly name: string;
    readonly publicKey: KeyObject;
    readonly id?: string;
  },
): ApiKeyRecord {
  accountOf(venue.ledger, key.userId);
  const record: ApiKeyRecord = { ...key, id: key.id ?? randomUUID() };
  boundedSet(venue.apiKeys, record.id, record, MAX_KEYS);
  return record;
}

export function keysOfUser(venue: Venue, userId: string): readonly ApiKeyRecord[] {
  return [...venue.apiKeys.values()].filter((key) => key.userId === userId);
}
