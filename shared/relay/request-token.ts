import { jwtVerify, SignJWT, type CryptoKey } from 'jose';
import * as z from 'zod';

/**
 * How gateway and relay believe each other (docs/exchange.md): each request, and each opening of a session, carries a
 * JWT signed with the sender's Ed25519 key, good for 60 s, for one audience, method, path and body.
 */

export const RELAY_AUDIENCE = 'postern-relay';
export const GATEWAY_AUDIENCE = 'postern-gateway';

/** Seconds. Long enough for a slow hop and clocks a little apart, too short to be of use to whoever finds one. */
const LIFETIME_S = 60;
const CLOCK_TOLERANCE_S = 5;

export interface SignedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly path: string;
  /** The exact bytes; empty for a GET and for opening a session. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** The desk that is acted for: tenant id and environment, `<tenant>/<environment>`. */
  readonly desk: string;
}

const claims = z.object({
  method: z.string(),
  path: z.string(),
  digest: z.string(),
  desk: z.string().min(1).max(160),
  jti: z.string().min(8).max(64),
});

export async function signRequest(
  key: CryptoKey,
  audience: string,
  request: SignedRequest,
  nowMs: number,
): Promise<string> {
  const { method, path, desk } = request;
  const at = Math.floor(nowMs / 1000);
  return new SignJWT({ method, path, desk, digest: await digestOf(request.body) })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setAudience(audience)
    .setIssuedAt(at)
    .setExpirationTime(at + LIFETIME_S)
    .setJti(crypto.randomUUID())
    .sign(key);
}

export type Verified =
  | { readonly ok: true; readonly desk: string; /** Refuse one that was seen before. */ readonly id: string }
  | { readonly ok: false; readonly reason: 'BAD_TOKEN' | 'OTHER_REQUEST' };

/** Whether a token is the other side's, for this audience and exactly this request. The desk is the token's. */
export async function verifyRequest(
  token: string,
  key: CryptoKey,
  audience: string,
  request: Omit<SignedRequest, 'desk'>,
  nowMs: number,
): Promise<Verified> {
  const payload = await jwtVerify(token, key, {
    audience,
    algorithms: ['EdDSA'],
    maxTokenAge: LIFETIME_S,
    clockTolerance: CLOCK_TOLERANCE_S,
    currentDate: new Date(nowMs),
    requiredClaims: ['exp', 'iat', 'jti'],
  }).then(
    (verified) => claims.safeParse(verified.payload),
    () => undefined,
  );
  if (!payload?.success) return { ok: false, reason: 'BAD_TOKEN' };
  const { method, path, digest, desk, jti } = payload.data;
  const fits =
    method === request.method && path === request.path && digest === (await digestOf(request.body));
  return fits ? { ok: true, desk, id: jti } : { ok: false, reason: 'OTHER_REQUEST' };
}

async function digestOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  return btoa(String.fromCharCode(...hash));
}
