import { SignJWT } from 'jose';
import * as z from 'zod';
import { now } from '../../../shared/clock.ts';
import { tenantObject } from '../../../durable-objects/rpc/stubs.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../shared/keys/digest.ts';
import type { Principal } from '../../../shared/keys/principal.ts';
import { findCredential } from '../auth/find-credential.ts';
import type { Env } from '../env.ts';
import { principalOf, requestedWallet } from '../context/caller.ts';
import { paperAccount } from '../context/account.ts';
import { accountHeaders } from '../http/request-headers.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { WS_AUDIENCE, wsSecret } from '../sockets/ws-token.ts';

/** A websocket's first request must come this soon after the token was made (contract: errors and limits, "Keys"). */
const LIFETIME_SECONDS = 60;

const wsToken = route({
  method: 'POST',
  path: '/v1/keys/ws-token',
  summary: 'A token for opening a websocket within a minute',
  tag: 'keys',
  auth: { kind: 'either', permission: 'read' },
  headers: accountHeaders,
  reply: { status: 200, schema: z.object({ token: z.string(), expires_in: z.number() }) },
  async handle(call) {
    const { env, caller } = call;
    const principal = principalOf(caller);
    // A wallet that is not there is told now, with its code, and not only when the socket closes.
    const account = await paperAccount(call);
    const wallet = requestedWallet(call);
    const gate = await gateOf(call.request.headers, principal, env);
    const issuedAt = Math.floor(now() / 1000);
    const token = await new SignJWT({
      acc: account.id,
      tier: principal.tier,
      key: principal.key,
      gate,
      ...(wallet !== undefined && { wallet }),
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

/**
 * Name of the object that counts the credential's websockets: the key's own, or the one that stands for the
 * tenant's users. The route has verified the credential.
 */
async function gateOf(headers: Headers, { tenant }: Principal, env: Env): Promise<string> {
  const credential = findCredential(headers);
  if (credential.kind === 'key') return sha256Hex(credential.key);
  if (credential.kind === 'l2') return sha256Hex(credential.headers.apiKey);
  const gate = await tenantObject(env, tenant).openUserGate();
  if (!gate.ok) throw new RequestError(gate);
  return gate.name;
}

export const wsTokenRoutes: readonly AnyRoute[] = [wsToken];
