import { keyGate, socketHub } from '../../../durable-objects/rpc/stubs.ts';
import { HANDOVER_HEADER } from '../../../shared/websockets/socket-handover.ts';
import { CLOSE } from '../../../shared/websockets/close-codes.ts';
import { resolveWalletAccount } from '../../../durable-objects/rpc/resolve-wallet-account.ts';
import type { Principal } from '../../../shared/keys/principal.ts';
import type { Env } from '../env.ts';
import type { Channel, Handover } from '../../../durable-objects/socket-hub/api.ts';

/**
 * Hubs over which client sockets are spread at random. A feed calls each hub of its clients once for each event,
 * so few are better than many; one object carries thousands of sockets. Raising the number disturbs nobody.
 */
const HUBS = 8;
const hubName = (number: number): string => `hub:${number}`;
export const hubNames: readonly string[] = Array.from({ length: HUBS }, (_, number) => hubName(number));

/** What a socket shows, and for whom. */
export interface SocketSubject {
  readonly channel: Channel;
  /** Name of a key's object: the socket counts for that key. */
  readonly gate: string | undefined;
  /** Shows an account. */
  readonly ofAccount: boolean;
  /** Sandbox wallet to show instead of the tenant's own account. */
  readonly wallet: string | undefined;
}

/** Hands an upgrade over to a hub. */
export async function openHubSocket(
  env: Env,
  { channel, gate, ofAccount, wallet }: SocketSubject,
): Promise<Response> {
  const id = crypto.randomUUID();
  const hub = hubName(Math.floor(Math.random() * HUBS));
  if (gate === undefined) return handOver(env, hub, { id, channel, wallet });
  const grant = await keyGate(env, gate).acquireSocket(id, hub);
  if (!grant.ok) {
    return grant.reason === 'RATE_LIMIT_EXCEEDED'
      ? closedSocket(CLOSE.tooMany, grant.message ?? 'too many sockets')
      : closedSocket(CLOSE.badToken, grant.reason);
  }
  try {
    const shown = ofAccount ? await accountShown(env, grant.principal, wallet) : undefined;
    if (shown?.ok !== false) return await handOver(env, hub, { id, channel, gate, account: shown?.account });
    await keyGate(env, gate).releaseSocket(id);
    return closedSocket(CLOSE.badToken, shown.reason);
  } catch (error) {
    await keyGate(env, gate).releaseSocket(id);
    throw error;
  }
}

async function accountShown(
  env: Env,
  principal: Principal,
  wallet: string | undefined,
): ReturnType<typeof resolveWalletAccount> {
  return wallet === undefined
    ? { ok: true, account: principal.account }
    : resolveWalletAccount(env, principal, wallet);
}

async function handOver(env: Env, hub: string, handover: Handover): Promise<Response> {
  const headers = { upgrade: 'websocket', [HANDOVER_HEADER]: JSON.stringify(handover) };
  const upgraded = await socketHub(env, hub).fetch(new Request('https://hub/', { headers }));
  // A fetched response's headers are fixed, and the pipeline has some to set: a response of our own around its socket.
  return new Response(upgraded.body, upgraded);
}

/** A websocket that opens only to say why it closes: a browser cannot see the status of a refused upgrade. */
export function closedSocket(code: number, reason: string): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.close(code, reason);
  return new Response(null, { status: 101, webSocket: client });
}
