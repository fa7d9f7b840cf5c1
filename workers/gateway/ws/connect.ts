import { keyGate, socketHub } from '../../../durable-objects/stubs.ts';
import {
  HANDOVER_HEADER,
  type Channel,
  type Handover,
} from '../../../durable-objects/socket-hub/attachment.ts';
import { CLOSE } from '../../../durable-objects/socket-hub/close-codes.ts';
import type { Env } from '../env.ts';

/**
 * Hubs over which client sockets are spread at random. A feed calls each hub of its clients once for each event,
 * so few are better than many; one object carries thousands of sockets. Raising the number disturbs nobody.
 */
const HUBS = 8;

/** Hands an upgrade over to a hub; with `gate`, the name of a key's object, the socket counts for that key. */
export async function connect(
  env: Env,
  channel: Channel,
  gate: string | undefined,
  needsAccount: boolean,
): Promise<Response> {
  const id = crypto.randomUUID();
  const hub = `hub:${Math.floor(Math.random() * HUBS)}`;
  if (gate === undefined) return handOver(env, hub, { id, channel });
  const grant = await keyGate(env, gate).acquireSocket(id, hub);
  if (!grant.ok) {
    return grant.reason === 'RATE_LIMIT_EXCEEDED'
      ? closed(CLOSE.tooMany, grant.message ?? 'too many sockets')
      : closed(CLOSE.badToken, grant.reason);
  }
  const account = needsAccount ? grant.principal.account : undefined;
  try {
    return await handOver(env, hub, { id, channel, gate, account });
  } catch (error) {
    await keyGate(env, gate).releaseSocket(id);
    throw error;
  }
}

async function handOver(env: Env, hub: string, handover: Handover): Promise<Response> {
  const headers = { upgrade: 'websocket', [HANDOVER_HEADER]: JSON.stringify(handover) };
  const upgraded = await socketHub(env, hub).fetch(new Request('https://hub/', { headers }));
  // A fetched response's headers are fixed, and the pipeline has some to set: a response of our own around its socket.
  return new Response(upgraded.body, upgraded);
}

/** A websocket that opens only to say why it closes: a browser cannot see the status of a refused upgrade. */
export function closed(code: number, reason: string): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.close(code, reason);
  return new Response(null, { status: 101, webSocket: client });
}
