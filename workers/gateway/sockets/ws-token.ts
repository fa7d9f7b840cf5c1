import type { Env } from '../env.ts';
import { jwtVerify } from 'jose';
import { now } from '../../../shared/clock.ts';

/** The audience keeps a websocket token from being taken for anything else that this secret signs. */
export const WS_AUDIENCE = 'postern-ws';

export const wsSecret = (env: Env): Uint8Array => new TextEncoder().encode(`ws ${env.L2_ROOT_SECRET}`);

/** Whose websocket a token opens: the object that counts it, and the wallet that it was made for. */
export interface WsToken {
  readonly gate: string;
  readonly wallet: string | undefined;
}

/** What a websocket token stands for; undefined when it is not good any more. */
export async function verifyWsToken(token: string, env: Env): Promise<WsToken | undefined> {
  try {
    const { payload } = await jwtVerify(token, wsSecret(env), {
      audience: WS_AUDIENCE,
      algorithms: ['HS256'],
      requiredClaims: ['exp', 'sub', 'gate'],
      currentDate: new Date(now()),
    });
    const { gate, wallet } = payload;
    if (typeof gate !== 'string') return undefined;
    return { gate, wallet: typeof wallet === 'string' ? wallet : undefined };
  } catch {
    return undefined;
  }
}
