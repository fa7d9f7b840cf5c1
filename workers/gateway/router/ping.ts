import * as z from 'zod';
import { errorCatalogue } from '../../../shared/errors/catalogue.ts';
import { invalidMember, RequestError, type Failure } from '../../../shared/errors/failure.ts';
import { exchanges, type Exchange } from '../../../shared/venues/exchanges.ts';
import { CREDENTIALS_HEADER, givenInHeader } from '../credentials/given.ts';
import { vaultAccess, type VaultAccess } from '../credentials/vault-access.ts';
import { prove } from '../credentials/venues.ts';
import type { Env } from '../env.ts';
import { principalOf } from '../http/objects.ts';
import { route } from '../http/route.ts';
import { exchangeNamed, exchangeQuery } from './exchange.ts';

const state = z.object({
  exchange: z.string(),
  has_credentials: z.boolean(),
  authenticated: z.boolean(),
  message: z.string(),
});
type State = z.infer<typeof state>;

/** `GET /api/v1/ping`: whether each exchange believes the account, asked of the exchange itself. */
export const ping = route({
  method: 'GET',
  path: '/api/v1/ping',
  summary:
    'Whether exchanges accept the credentials of the account; not being accepted is an answer, not an error',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  query: exchangeQuery,
  exchangeCredentials: true,
  reply: { status: 200, schema: z.array(state) },
  async handle({ env, caller, query, request, requestId }) {
    const access = vaultAccess(env, principalOf(caller), requestId);
    const given = request.headers.has(CREDENTIALS_HEADER);
    if (query.exchange === undefined && given) {
      throw new RequestError('MISSING_PARAMETER', {
        message: 'exchange: missing parameter, which X-Exchange-Credentials needs',
      });
    }
    const asked = query.exchange === undefined ? exchanges : [exchangeNamed(query)];
    return { body: await Promise.all(asked.map((name) => stateOf(access, env, name, request.headers))) };
  },
});

async function stateOf(access: VaultAccess, env: Env, exchange: Exchange, headers: Headers): Promise<State> {
  if (exchange !== 'polymarket' && exchange !== 'kalshi') {
    refuseCredentials(exchange, headers);
    return exchange === 'paper'
      ? { exchange, has_credentials: true, authenticated: true, message: 'paper needs no credentials' }
      : { exchange, has_credentials: false, authenticated: false, message: `${exchange} is data only` };
  }
  const given = givenInHeader(headers, exchange);
  const proven = await prove(access, env, exchange, given);
  if (proven.ok) return { exchange, has_credentials: true, authenticated: true, message: 'Authenticated' };
  return { exchange, authenticated: false, ...toState(proven, given !== undefined) };
}

/** A refusal as an answer. What is wrong with the request itself, or with the vault, stays an error. */
function toState(failed: Failure, given: boolean): Pick<State, 'has_credentials' | 'message'> {
  const message = failed.message ?? errorCatalogue[failed.reason].sentence;
  if (failed.reason === 'CREDENTIALS_REQUIRED') return { has_credentials: false, message };
  const answer = failed.reason === 'AUTHENTICATION_FAILED' || failed.reason === 'VENUE_UNAVAILABLE';
  if (answer || !given) return { has_credentials: true, message };
  throw new RequestError(failed);
}

/** Credentials that an exchange does not take are refused: nothing that a caller sends is dropped silently. */
export function refuseCredentials(exchange: Exchange, headers: Headers): void {
  if (headers.has(CREDENTIALS_HEADER))
    throw new RequestError(invalidMember('X-Exchange-Credentials', `${exchange} takes no credentials`));
}
