import { decodeJwt } from 'jose';
import { answerOf } from '../../../shared/relay/exchange-replies.ts';
import { relayKeys } from '../../../durable-objects/relay-access/relay-keys.ts';
import { relayWay } from '../../../durable-objects/relay-access/relay-way.ts';
import { exchangeConnector } from '../../../durable-objects/rpc/stubs.ts';
import { now } from '../../../shared/clock.ts';
import { RequestError } from '../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../shared/keys/digest.ts';
import { sealCredential } from '../../../shared/relay/relay-credential.ts';
import type { Actor } from '../../../shared/vault/request.ts';
import { tenantPrincipalOf } from '../context/caller.ts';
import type { AuthRule, Call } from '../http/route.ts';
import type { AskRequest } from '../../../shared/relay/ask-request.ts';

/** Who may use the exchange: keys of a desk. Their own Bearer token of the exchange may stand in `Authorization`. */
export const deskAuth = { kind: 'key', permission: 'desk' } as const satisfies AuthRule;

type AnyCall = Pick<Call<unknown, unknown, unknown>, 'env' | 'request' | 'caller' | 'requestId'>;

export const vaultActorOf = (call: AnyCall): Actor => ({
  keyId: tenantPrincipalOf(call.caller).key,
  requestId: call.requestId,
});

export const connectorOf = (call: AnyCall): ReturnType<typeof exchangeConnector> =>
  exchangeConnector(call.env, tenantPrincipalOf(call.caller).tenant);

/**
 * A question, or what comes before a command is sent, whose connector died with it: to be asked again. As a handler of
 * its rejection. Throws.
 */
export function connectorLost(error: unknown): never {
  const message = String(error).slice(0, 300);
  console.error(JSON.stringify({ level: 'error', event: 'connector_lost', message }));
  throw new RequestError('VENUE_UNAVAILABLE', { retryAfter: 1 });
}

/** A token without `exp` is taken to be good for as long as a request may run. */
const UNDATED_MS = 60_000;

/**
 * How the exchange is to believe this request: by the caller's own Bearer token, sealed to the relay here and now and
 * kept nowhere, else by the desk's. INVALID_TOKEN for an `Authorization` that is neither: whoever sends one does not mean
 * the desk's own login.
 */
export async function authOf(call: AnyCall): Promise<Exclude<AskRequest['auth'], 'none'>> {
  const authorization = call.request.headers.get('authorization');
  const ours = authorization === null || /^bearer pst_/i.test(authorization);
  const token = ours ? undefined : tokenIn(authorization);
  const { tenant } = tenantPrincipalOf(call.caller);
  if (token === undefined || relayWay(call.env, tenant) === undefined) return 'desk';
  const desk = `${tenant}/${call.env.EXCHANGE_ENVIRONMENT}`;
  const { sealing } = await relayKeys(call.env);
  const credential = { access_token: token, expires_at: expiryOf(token), desk };
  return {
    sealed: await sealCredential(sealing, credential),
    identity: await sha256Hex(subjectOf(token) ?? token),
  };
}

/** A trader's session is ours as well, and nothing that the exchange should learn. */
function tokenIn(authorization: string): string {
  const [, token] = /^bearer (?!pts_)([\x21-\x7e]{1,8192})$/i.exec(authorization) ?? [];
  if (token === undefined)
    throw new RequestError('INVALID_TOKEN', { message: 'Authorization is no Bearer token of the exchange' });
  return token;
}

/** The user, who stays the same when the token is renewed. */
export function subjectOf(token: string): string | undefined {
  try {
    return decodeJwt(token).sub;
  } catch {
    return undefined;
  }
}

/** Only a hint for the relay: the exchange decides. */
function expiryOf(token: string): number {
  try {
    const { exp } = decodeJwt(token);
    if (exp !== undefined && Number.isSafeInteger(exp) && exp > 0) return exp * 1000;
  } catch {
    // No JWT: the exchange may have tokens of another form.
  }
  return now() + UNDATED_MS;
}

/** One question of this caller's: the exchange's body. Throws its refusal. */
export async function askExchange(
  call: AnyCall,
  path: string,
  body: unknown,
  auth: AskRequest['auth'],
): Promise<unknown> {
  const request = { path, body: JSON.stringify(body), actor: vaultActorOf(call), auth };
  const reply = await connectorOf(call).ask(request).catch(connectorLost);
  const answer = reply.ok ? answerOf(reply) : reply;
  if (!answer.ok) throw new RequestError(answer);
  return answer.body;
}
