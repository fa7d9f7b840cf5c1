import { jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import { now } from '../../../shared/clock.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../shared/keys/digest.ts';
import { findCredential } from '../auth/credentials.ts';
import type { Env } from '../env.ts';
import { principalOf } from '../http/objects.ts';
import { route, type AnyRoute } from '../http/route.ts';

/** A websocket's first request must come this soon after the token was made (contract: errors and limits, "Keys"). */
const LIFETIME_SECONDS = 60;

/** The audience keeps a websocket token from being taken for anything else that this secret signs. */
export const WS_AUDIENCE = 'postern-ws';

const wsToken = route({
  method: 'POST',
  path: '/v1/keys/ws-token',
  summary: 'A token for opening a websocket within a minute',
  tag: 'keys',
  auth: { kind: 'key', permission: 'read' },
  reply: { status: 200, schema: z.object({ token: z.string(), expires_in: z.number() }) },
  async handle({ env, caller, request }) {
    const principal = principalOf(caller);
    const gate = await gateOf(request.headers);
    const issuedAt = Math.floor(now() / 1000);
    const token = await new SignJWT({
      acc: principal.account,
      tier: principal.tier,
      key: principal.key,
      gate,
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(principal.tenant)
      .setAudience(WS_AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .sign(wsSecret(env));
    return { body: { token, expires_in: LIFETIME_SECONDS } };
  },
});

/** Name of the key's object, which counts its websockets. The route has verified the credential. */
async function gateOf(headers: Headers): Promise<string> {
  const credential = findCredential(headers);
  if (credential.kind === 'key') return sha256Hex(credential.key);
  if (credential.kind === 'l2') return sha256Hex(credential.headers.apiKey);
  throw new RequestError('MISSING_API_KEY');
}

const wsSecret = (env: Env): Uint8Array => new TextEncoder().encode(`ws ${env.L2_ROOT_SECRET}`);

/** The name of the key's object that a websocket token stands for; undefined when it is not good any more. */
export async function verifyWsToken(token: string, env: Env): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(token, wsSecret(env), {
      audience: WS_AUDIENCE,
      algorithms: ['HS256'],
      requiredClaims: ['exp', 'sub', 'gate'],
      currentDate: new Date(now()),
    });
    return typeof payload['gate'] === 'string' ? payload['gate'] : undefined;
  } catch {
    return undefined;
  }
}

export const wsTokenRoutes: readonly AnyRoute[] = [wsToken];
