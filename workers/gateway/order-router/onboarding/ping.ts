import * as z from 'zod';
import { errorCatalogue } from '../../../../shared/errors/catalogue.ts';
import { RequestError, type Failure } from '../../../../shared/errors/failure.ts';
import { isLiveVenue, venueNames, type VenueName } from '../../../../shared/venues/venue-names.ts';
import { suppliedInHeader, refuseCredentials } from '../../credentials/header-credentials.ts';
import { vaultAccess, type VaultAccess } from '../../credentials/vault-access.ts';
import { venueModules } from '../../credentials/venue-modules.ts';
import type { Env } from '../../env.ts';
import { principalOf } from '../../context/caller.ts';
import { exchangeCredentialsHeader, headerOf } from '../../http/request-headers.ts';
import { route, type Call } from '../../http/route.ts';
import { exchangeNamed, exchangeQuery } from '../exchange-query.ts';

const state = z.object({
  exchange: z.string(),
  has_credentials: z.boolean(),
  authenticated: z.boolean(),
  message: z.string(),
});
type State = z.infer<typeof state>;
type Reading = Pick<Call<unknown, unknown, unknown>, 'request' | 'declared'>;

/** `GET /api/v1/ping`: whether each exchange believes the account, asked of the exchange itself. */
export const ping = route({
  method: 'GET',
  path: '/api/v1/ping',
  summary:
    'Whether exchanges accept the credentials of the account; not being accepted is an answer, not an error',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  query: exchangeQuery,
  headers: [exchangeCredentialsHeader],
  reply: { status: 200, schema: z.array(state) },
  async handle(call) {
    const { env, caller, query, requestId } = call;
    const access = vaultAccess(env, principalOf(caller), requestId);
    if (query.exchange === undefined && headerOf(call, exchangeCredentialsHeader) !== undefined) {
      throw new RequestError('MISSING_PARAMETER', {
        message: 'exchange: missing parameter, which X-Exchange-Credentials needs',
      });
    }
    const asked = query.exchange === undefined ? venueNames : [exchangeNamed(query)];
    return { body: await Promise.all(asked.map((name) => stateOf(access, env, name, call))) };
  },
});

async function stateOf(access: VaultAccess, env: Env, exchange: VenueName, call: Reading): Promise<State> {
  if (!isLiveVenue(exchange)) {
    refuseCredentials(exchange, call);
    return exchange === 'paper'
      ? { exchange, has_credentials: true, authenticated: true, message: 'paper needs no credentials' }
      : { exchange, has_credentials: false, authenticated: false, message: `${exchange} is data only` };
  }
  const given = suppliedInHeader(call, exchange);
  const proven = await venueModules[exchange].prove(access, env, given);
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
