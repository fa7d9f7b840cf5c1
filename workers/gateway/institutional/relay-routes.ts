import { DIAL_PATH, TOKEN_ID } from '../../../shared/relay/dial-address.ts';
import { relayKeys } from '../../../durable-objects/relay-access/relay-keys.ts';
import { relayWay } from '../../../durable-objects/relay-access/relay-way.ts';
import { exchangeConnector } from '../../../durable-objects/rpc/stubs.ts';
import { machineTime, now } from '../../../shared/clock.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { publicRules } from '../../../shared/limits/tiers.ts';
import { GATEWAY_AUDIENCE, verifyRequest } from '../../../shared/relay/request-token.ts';
import { TOKEN_HEADER } from '../../../shared/relay/routes.ts';
import * as z from 'zod';
import { countIn } from '../auth/rate-limit.ts';
import type { Env } from '../env.ts';
import { route, type AnyRoute } from '../http/route.ts';
import { isUpgrade, upgradeHint } from '../sockets/upgrade.ts';

/** Where a relay dials in (decision 28): `RELAY_DIAL_URL` of relay/README.md. */
const PATH = '/v1/relay/session';

/** The relay's token of this request names the desk, and nothing else of it does. */
const dial = route({
  method: 'GET',
  path: PATH,
  summary: 'Websocket of a relay to the institutional exchange that cannot be reached: it dials in',
  tag: 'websockets',
  auth: { kind: 'open' },
  reply: { status: 101, schema: z.null() },
  async handle({ env, request, url, requestId, caller }) {
    if (!isUpgrade(request)) return upgradeHint(request.headers, PATH, requestId);
    const proven = await proof(env, request, url);
    if (!proven) {
      // Whoever tries tokens is told to wait, as who tries keys is.
      await countIn(env, `failed:${caller.address}`, publicRules);
      throw new RequestError('INVALID_TOKEN', { message: 'The request is not signed by the relay' });
    }
    const [tenant = '', environment] = proven.desk.split('/');
    if (environment !== env.EXCHANGE_ENVIRONMENT || relayWay(env, tenant) !== 'dialled')
      throw new RequestError('NOT_SUPPORTED', { message: 'No relay dials in for this desk' });
    const target = `https://desk${DIAL_PATH}?${new URLSearchParams({ [TOKEN_ID]: proven.id }).toString()}`;
    const upgrade = new Request(target, { headers: { upgrade: 'websocket' } });
    const taken = await exchangeConnector(env, tenant).fetch(upgrade);
    if (taken.status === 429) throw new RequestError('RATE_LIMIT_EXCEEDED', { retryAfter: 60 });
    if (!taken.webSocket) throw new RequestError('INVALID_TOKEN', { message: 'The token was used before' });
    // A fetched response's headers are fixed, and the pipeline has some to set: one of our own around its socket.
    return new Response(taken.body, taken);
  },
});

async function proof(
  env: Env,
  request: Request,
  url: URL,
): Promise<{ readonly desk: string; readonly id: string } | undefined> {
  const token = /^Bearer (\S{1,4096})$/i.exec(request.headers.get(TOKEN_HEADER) ?? '')?.[1];
  if (token === undefined || env.RELAY_DIAL === '' || env.RELAY_EDGE_KEY === undefined) return undefined;
  const { relay } = await relayKeys(env);
  const asked = { method: 'GET', path: `${url.pathname}${url.search}`, body: new Uint8Array() };
  // The relay goes by its machine's clock, which no test moves.
  const verified = await verifyRequest(token, relay, GATEWAY_AUDIENCE, asked, machineTime(now()));
  return verified.ok ? verified : undefined;
}

export const relayRoutes: readonly AnyRoute[] = [dial];
