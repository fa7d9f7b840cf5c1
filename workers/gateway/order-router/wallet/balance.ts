import * as z from 'zod';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { add, asMicro, formatMicro, type Micro } from '../../../../shared/money/fixed.ts';
import { suppliedInHeader, refuseCredentials } from '../../credentials/header-credentials.ts';
import { refuseOtherVenues } from '../../trading/live-account.ts';
import { vaultAccess } from '../../credentials/vault-access.ts';
import { venueModules } from '../../credentials/venue-modules.ts';
import { principalOf, type AccountCall } from '../../context/caller.ts';
import { paperAccount } from '../../context/account.ts';
import { accountHeaders, exchangeCredentialsHeader } from '../../http/request-headers.ts';
import { route, type Call } from '../../http/route.ts';
import { unsupported } from '../../../../shared/venues/port/capabilities.ts';
import { isLiveVenue, type LiveVenue } from '../../../../shared/venues/venue-names.ts';
import { exchangeNamed, exchangeQuery } from '../exchange-query.ts';

const reply = z.object({
  /** The exchange's own reply, as it came. */
  raw: z.looseObject({}),
  available: z.number(),
  currency: z.enum(['USD', 'USDC']),
});
type Reply = z.infer<typeof reply>;

/**
 * `GET /api/v1/balance`: never an answer that comes from somewhere else than the exchange that was named. Those
 * without accounts say that they do not support it.
 */
export const balance = route({
  method: 'GET',
  path: '/api/v1/balance',
  summary: 'Cash on an exchange',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  headers: [...accountHeaders, exchangeCredentialsHeader],
  // Each balance is read anew; having the exchange look at the chain again is what none of them does.
  query: exchangeQuery.extend({ refresh: z.enum(['true', 'false']).optional() }),
  reply: { status: 200, schema: reply },
  async handle(call) {
    const exchange = exchangeNamed(call.query);
    if (call.query.refresh === 'true') throw new RequestError(unsupported(exchange, 'refresh'));
    if (isLiveVenue(exchange)) return { body: await liveCash(call, exchange) };
    if (exchange !== 'paper') {
      throw new RequestError('NOT_SUPPORTED', { message: `Balances of ${exchange} cannot be read here` });
    }
    refuseCredentials(exchange, call);
    return { body: await paperCash(call) };
  },
});

async function paperCash(call: AccountCall): Promise<Reply> {
  const { stub } = await paperAccount(call);
  const { cash, reserved } = await stub.money();
  return {
    raw: { balance: inUsd(add(cash, reserved)), reserved: inUsd(reserved) },
    available: inUsd(cash),
    currency: 'USD',
  };
}

type LiveCall = Pick<
  Call<unknown, unknown, unknown>,
  'env' | 'caller' | 'request' | 'url' | 'requestId' | 'declared'
>;

async function liveCash(call: LiveCall, exchange: LiveVenue): Promise<Reply> {
  refuseOtherVenues(call, exchange);
  const { env, caller, requestId } = call;
  const access = vaultAccess(env, principalOf(caller), requestId);
  const venue = venueModules[exchange];
  const cash = await venue.readCash(access, env, suppliedInHeader(call, exchange));
  if (!cash.ok) throw new RequestError(cash);
  const { raw, micro } = cash.value;
  return {
    raw: { ...raw },
    available: inUsd(asMicro(micro)),
    currency: venue.currency,
  };
}

/** Amounts are JSON numbers on this surface: the decimal text, read once, on its way out. */
const inUsd = (amount: Micro): number => Number(formatMicro(amount, 6));
