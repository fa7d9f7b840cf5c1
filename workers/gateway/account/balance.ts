import * as z from 'zod';
import { asMicro, formatFixed } from '../../../shared/money/fixed.ts';
import { tradingAccount } from '../context/account.ts';
import { venueHeaders } from '../http/request-headers.ts';
import { route } from '../http/route.ts';
import { cashAtVenue } from './live-holdings.ts';
import { requestedVenue } from '../context/venue.ts';

export const balance = route({
  method: 'GET',
  path: '/v1/account/balance',
  summary: 'Cash of the account in USD',
  tag: 'account',
  auth: { kind: 'either', permission: 'read' },
  headers: venueHeaders,
  reply: {
    status: 200,
    schema: z.object({
      balance: z.string(),
      available: z.string(),
      reserved: z.string(),
      /** Null where the venue does not say. */
      fees_paid: z.string().nullable(),
      realized_pnl: z.string().nullable(),
      currency: z.enum(['USD', 'USDC']),
    }),
  },
  async handle(call) {
    if (requestedVenue(call) !== 'paper') return { body: await cashAtVenue(call) };
    const { stub } = await tradingAccount(call);
    const money = await stub.money();
    return {
      body: {
        balance: formatFixed(asMicro(money.cash + money.reserved), 2),
        available: formatFixed(money.cash, 2),
        reserved: formatFixed(money.reserved, 2),
        fees_paid: formatFixed(money.fees, 2),
        realized_pnl: formatFixed(money.realised, 2),
        currency: 'USD',
      },
    };
  },
});
