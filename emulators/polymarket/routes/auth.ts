import { activate, deriveKey, keysOf, revoke, type ApiKeyRecord } from '../auth/api-keys.ts';
import { builderOf, createBuilderKey } from '../auth/builder-keys.ts';
import { requireL1 } from '../auth/l1.ts';
import { requireL2 } from '../auth/l2.ts';
import { hashUuid } from '../../lib/random.ts';
import { json, l2Route, route, type Reply, type Route } from '../http/route.ts';
import { nowMs } from '../state.ts';
import { badRequest, unauthorized } from '../venue-error.ts';

export const authRoutes: readonly Route[] = [
  route('POST', '/auth/api-key', (venue, request) => {
    const auth = requireL1(venue, request.headers);
    const key = deriveKey(venue.apiKeys, auth.address, auth.nonce);
    if (venue.apiKeys.byKey.has(key.apiKey)) throw badRequest('Could not create api key');
    activate(venue.apiKeys, key);
    return credentials(key);
  }),
  // A key made before a restart, or never, derives all the same: it depends on the seed only.
  route('GET', '/auth/derive-api-key', (venue, request) => {
    const auth = requireL1(venue, request.headers);
    const key = deriveKey(venue.apiKeys, auth.address, auth.nonce);
    if (venue.apiKeys.revoked.has(key.apiKey)) throw badRequest('Could not derive api key!');
    activate(venue.apiKeys, key);
    return credentials(key);
  }),
  l2Route('GET', '/auth/api-keys', (venue, _request, caller) =>
    json({ apiKeys: keysOf(venue.apiKeys, caller.address) }),
  ),
  l2Route('DELETE', '/auth/api-key', (venue, _request, caller) => {
    revoke(venue.apiKeys, caller);
    return json('OK');
  }),
  l2Route('GET', '/auth/ban-status/closed-only', () => json({ closed_only: false })),
  l2Route('POST', '/auth/readonly-api-key', (venue, _request, caller) =>
    json({ apiKey: hashUuid('readonly', venue.seed, caller.apiKey) }),
  ),
  l2Route('GET', '/auth/readonly-api-keys', () => json({ readonlyApiKeys: [] })),
  l2Route('DELETE', '/auth/readonly-api-key', () => json(true)),
  l2Route('POST', '/auth/builder-api-key', (venue, _request, caller) => {
    const made = createBuilderKey(venue.builderKeys, caller.address, nowMs(venue));
    return json({ key: made.key, secret: made.secret, passphrase: made.passphrase });
  }),
  l2Route('GET', '/auth/builder-api-key', (venue, _request, caller) =>
    json(
      [...venue.builderKeys.byKey.values()]
        .filter((key) => key.address === caller.address)
        .map(({ key, createdAt, revokedAt }) => ({ key, createdAt, revokedAt })),
    ),
  ),
  // The V1 client revokes with builder headers, the V2 client with the owner's L2 headers.
  route('DELETE', '/auth/builder-api-key', (venue, request) => {
    const builder = builderOf(venue, request);
    const address = builder === undefined ? requireL2(venue, request).address : builder.address;
    const keys = [...venue.builderKeys.byKey.values()].filter(
      (key) => key.revokedAt === undefined && (key === builder || key.address === address),
    );
    if (keys.length === 0) throw unauthorized();
    for (const key of keys) key.revokedAt = new Date(nowMs(venue)).toISOString();
    return json('OK');
  }),
];

function credentials(key: ApiKeyRecord): Reply {
  return json({ apiKey: key.apiKey, secret: key.secret, passphrase: key.passphrase });
}
