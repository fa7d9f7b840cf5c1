import * as z from 'zod';
import { exchangeConnector, keyGate } from '../../../durable-objects/rpc/stubs.ts';
import { CLOSE } from '../../../shared/websockets/close-codes.ts';
import { failure, type Failure } from '../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../shared/keys/digest.ts';
import type { Env } from '../env.ts';
import { findCredential } from '../auth/find-credential.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { verifyWsToken } from '../sockets/ws-token.ts';
import { closedSocket } from '../sockets/hub-socket.ts';
import { isUpgrade, upgradeHint } from '../sockets/upgrade.ts';

/** Streams of the desk: the token or key says whose. */
const socket = route({
  method: 'GET',
  path: '/v1/ws/exchange',
  summary: "Websocket: the desk's orders and positions, and books of the institutional exchange",
  tag: 'websockets',
  auth: { kind: 'public' },
  query: z.object({ token: z.string().max(2_048).optional() }),
  reply: { status: 101, schema: z.null() },
  async handle({ env, request, query, requestId }) {
    if (!isUpgrade(request)) return upgradeHint(request.headers, '/v1/ws', requestId);
    const gate = await gateOf(query.token, request.headers, env);
    if (gate === undefined) return closedSocket(CLOSE.badToken, "a desk's key, or a token of one, is needed");
    const joined = await joinDeskSocket(env, gate);
    if (!('reason' in joined)) return joined;
    return joined.reason === 'RATE_LIMIT_EXCEEDED'
      ? closedSocket(CLOSE.tooMany, joined.message ?? 'too many sockets')
      : closedSocket(CLOSE.badToken, joined.reason);
  },
});

/** A socket at the desk's connector, counted for its key. */
export async function joinDeskSocket(env: Env, gate: string): Promise<Response | Failure> {
  const id = crypto.randomUUID();
  const grant = await keyGate(env, gate).acquireDeskSocket(id);
  if (!grant.ok) return grant;
  const { tenant, customer } = grant.principal;
  try {
    if (customer === undefined) return await handOver(env, tenant, id, gate);
  } catch (error) {
    await keyGate(env, gate).releaseSocket(id);
    throw error;
  }
  await keyGate(env, gate).releaseSocket(id);
  return failure('INSUFFICIENT_PERMISSION');
}

async function handOver(env: Env, tenant: string, id: string, gate: string): Promise<Response> {
  const target = `https://desk/?${new URLSearchParams({ id, gate }).toString()}`;
  const upgrade = new Request(target, { headers: { upgrade: 'websocket' } });
  const upgraded = await exchangeConnector(env, tenant).fetch(upgrade);
  // A fetched response's headers are fixed, and the pipeline has some to set: one of our own around its socket.
  return new Response(upgraded.body, upgraded);
}

/** Whose socket it is to be: of a token of `POST /v1/keys/ws-token`, or of the key in a header. */
async function gateOf(token: string | undefined, headers: Headers, env: Env): Promise<string | undefined> {
  if (token !== undefined) return (await verifyWsToken(token, env))?.gate;
  const credential = findCredential(headers);
  return credential.kind === 'key' ? sha256Hex(credential.key) : undefined;
}

export const institutionalStreamRoutes: readonly AnyRoute[] = [socket];
