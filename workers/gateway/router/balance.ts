import * as z from 'zod';
import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import { add, formatMicro, type Micro } from '../../../shared/money/fixed.ts';
import { tradingAccount } from '../http/objects.ts';
import { accountHeaders } from '../http/request-headers.ts';
import { route } from '../http/route.ts';
import { exchangeNamed, exchangeQuery } from './exchange.ts';

/**
 * `GET /api/v1/balance`: the paper venue's. The others say that they do not support it, until an adapter asks them:
 * never an answer that comes from somewhere else than the exchange that was named.
 */
export const balance = route({
  method: 'GET',
  path: '/api/v1/balance',
  summary: 'Cash on an exchange',
  tag: 'router',
  auth: { kind: 'router', permission: 'read' },
  headers: accountHeaders,
  query: exchangeQuery,
  reply: {
    status: 200,
    schema: z.object({
      raw: z.object({ balance: z.number(), reserved: z.number() }),
      available: z.number(),
      currency: z.literal('USD'),
    }),
  },
  async handle(call) {
    const exchange = exchangeNamed(call.query);
    if (exchange !== 'paper') {
      throw new RequestError('NOT_SUPPORTED', { message: `Balances of ${exchange} cannot be read here` });
    }
    if (call.request.headers.has('x-exchange-credentials')) {
      throw new RequestError(invalidMember('X-Exchange-Credentials', 'paper takes no credentials'));
    }
    const { stub } = await tradingAccount(call);
    const { cash, reserved } = await stub.money();
    return {
      body: {
        raw: { balance: inUsd(add(cash, reserved)), reserved: inUsd(reserved) },
        available: inUsd(cash),
        currency: 'USD',
      },
    };
  },
});

/** Amounts are JSON numbers on this surface: the decimal text, read once, on its way out. */
const inUsd = (amount: Micro): number => Number(formatMicro(amount, 6));
