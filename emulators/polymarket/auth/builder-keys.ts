import { boundedSet } from '../../lib/bounded-collections.ts';
import { header } from '../../lib/http/headers.ts';
import type { RouteRequest } from '../../lib/http/route.ts';
import { hashHex, hashUuid } from '../../lib/random.ts';
import { nowSeconds, type Venue } from '../state.ts';
import { unauthorized } from '../venue-error.ts';
import { constantTimeEqual, hmacMatches, isFresh } from './hmac.ts';
import type { BuilderKey, BuilderKeys } from './builder-key-store.ts';

const MAX_BUILDER_KEYS = 1_000;

export function createBuilderKey(keys: BuilderKeys, address: string, atMs: number): BuilderKey {
  const n = keys.byKey.size;
  const key: BuilderKey = {
    key: hashUuid('builder-key', keys.seed, address, n),
    secret: Buffer.from(hashHex('builder-secret', keys.seed, address, n), 'hex').toString('base64'),
    passphrase: hashHex('builder-passphrase', keys.seed, address, n),
    address,
    createdAt: new Date(atMs).toISOString(),
    revokedAt: undefined,
  };
  registerBuilderKey(keys, key);
  return key;
}

export function registerBuilderKey(keys: BuilderKeys, key: BuilderKey): void {
  boundedSet(keys.byKey, key.key, key, MAX_BUILDER_KEYS);
}

/**
 * The builder behind POLY_BUILDER_* headers, or undefined when there are none.
 * @throws 401 when there are some and they do not verify.
 */
export function builderOf(venue: Venue, request: RouteRequest): BuilderKey | undefined {
  const { headers } = request;
  const apiKey = header(headers, 'poly_builder_api_key');
  if (apiKey === undefined) return undefined;
  const passphrase = header(headers, 'poly_builder_passphrase') ?? '';
  const signature = header(headers, 'poly_builder_signature') ?? '';
  const timestamp = header(headers, 'poly_builder_timestamp') ?? '';
  const key = venue.builderKeys.byKey.get(apiKey);
  if (key === undefined || key.revokedAt !== undefined) throw unauthorized();
  if (!isFresh(timestamp, nowSeconds(venue))) throw unauthorized();
  if (!constantTimeEqual(key.passphrase, passphrase)) throw unauthorized();
  const { method, path, rawBody: body } = request;
  if (!hmacMatches({ secret: key.secret, timestamp, method, path, body }, signature)) {
    throw unauthorized();
  }
  return key;
}
