import * as z from 'zod';
import { add, formatFixed, sub, ZERO } from '../../../shared/money/fixed.ts';
import { tradingAccount } from '../context/account.ts';
import { accountHeaders, venueHeaders } from '../http/request-headers.ts';
import { route } from '../http/route.ts';
import { positionsAtVenue } from './live-holdings.ts';
import { requestedVenue } from '../context/venue.ts';
import { positionView, toPositionView } from './position-view.ts';

export const positions = route({
  method: 'GET',
  path: '/v1/account/positions',
  summary: 'Positions of the account at current prices',
  tag: 'account',
  auth: { kind: 'key', permission: 'read' },
  headers: venueHeaders,
  reply: { status: 200, schema: z.array(positionView) },
  async handle(call) {
    if (requestedVenue(call) !== 'paper') return { body: await positionsAtVenue(call) };
    const { stub } = await tradingAccount(call);
    return { body: (await stub.portfolio()).positions.map(toPositionView) };
  },
});

export const portfolio = route({
  method: 'GET',
  path: '/v1/account/portfolio',
  summary: 'Balance, equity, results and positions at current prices',
  tag: 'account',
  auth: { kind: 'key', permission: 'read' },
  headers: accountHeaders,
  reply: {
    status: 200,
    schema: z.object({
      balance: z.string(),
      reserved: z.string(),
      equity: z.string(),
      unrealized_pnl: z.string(),
      realized_pnl: z.string(),
      fees_paid: z.string(),
      currency: z.literal('USD'),
      positions: z.array(positionView),
    }),
  },
  async handle(call) {
    const { stub } = await tradingAccount(call);
    const { money, equity, positions: held } = await stub.portfolio();
    // A position without a price counts at its cost, so it adds nothing here.
    const unrealised = held.reduce((sum, { value, cost }) => add(sum, sub(value ?? cost, cost)), ZERO);
    return {
      body: {
        balance: formatFixed(add(money.cash, money.reserved), 2),
        reserved: formatFixed(money.reserved, 2),
        equity: formatFixed(equity, 2),
        unrealized_pnl: formatFixed(unrealised, 2),
        realized_pnl: formatFixed(money.realised, 2),
        fees_paid: formatFixed(money.fees, 2),
        currency: 'USD',
        positions: held.map(toPositionView),
      },
    };
  },
});

/** A week of hours. */
const DEFAULT_POINTS = 168;
/** Six weeks: one reply stays small. */
const MAX_POINTS = 1_000;

export const equity = route({
  method: 'GET',
  path: '/v1/account/equity',
  summary: 'Hourly points of equity, oldest first; hours in which nothing happened have none',
  tag: 'account',
  auth: { kind: 'key', permission: 'read' },
  headers: accountHeaders,
  query: z.object({
    limit: z
      .string()
      .regex(/^\d{1,4}$/)
      .transform(Number)
      .pipe(z.number().int().min(1).max(MAX_POINTS))
      .optional(),
  }),
  reply: {
    status: 200,
    schema: z.object({ points: z.array(z.object({ at: z.string(), equity: z.string() })) }),
  },
  async handle(call) {
    const { stub } = await tradingAccount(call);
    const points = await stub.equity(call.query.limit ?? DEFAULT_POINTS);
    return {
      body: {
        points: points.map((point) => ({
          at: new Date(point.at).toISOString(),
          equity: formatFixed(point.equity, 2),
        })),
      },
    };
  },
});
