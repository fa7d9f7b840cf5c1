import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { now } from '../../../shared/clock.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import type { Env } from '../env.ts';

/** Longest subject we take: identity providers stay below this. */
const MAX_SUBJECT_LENGTH = 255;

let remote: { readonly url: string; readonly keys: JWTVerifyGetKey } | undefined;

/**
 * Verifies a user token and returns its subject, the owner of a tenant. HS256 with JWT_SECRET, or the keys of
 * JWT_JWKS_URL where one is set. Throws INVALID_TOKEN or TOKEN_EXPIRED.
 */
export async function verifyUserToken(token: string, env: Env): Promise<string> {
  const options: JWTVerifyOptions = {
    issuer: env.JWT_ISSUER,
    audience: env.JWT_AUDIENCE,
    requiredClaims: ['exp'],
    currentDate: new Date(now()),
  };
  try {
    const { payload } =
      env.JWT_JWKS_URL === ''
        ? await jwtVerify(token, new TextEncoder().encode(env.JWT_SECRET), {
            ...options,
            algorithms: ['HS256'],
          })
        : await jwtVerify(token, remoteKeys(env.JWT_JWKS_URL), {
            ...options,
            // Asymmetric only: a published key must never be usable as an HMAC secret.
            algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
          });
    if (!payload.sub || payload.sub.length > MAX_SUBJECT_LENGTH) throw new RequestError('INVALID_TOKEN');
    return payload.sub;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new RequestError('TOKEN_EXPIRED');
    if (isUnavailable(error)) {
      throw new RequestError('VENUE_UNAVAILABLE', {
        message: 'The keys of user tokens cannot be fetched',
        retryAfter: 1,
      });
    }
    throw new RequestError('INVALID_TOKEN');
  }
}

/** The key document did not come, or came without sense: nothing is known about the token. */
const isUnavailable = (error: unknown): boolean =>
  !(error instanceof RequestError) &&
  (!(error instanceof errors.JOSEError) ||
    ['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID'].includes(error.code));

function remoteKeys(url: string): JWTVerifyGetKey {
  if (remote?.url !== url) remote = { url, keys: createRemoteJWKSet(new URL(url)) };
  return remote.keys;
}
