import * as z from 'zod';
import { add, formatFixed, formatMicro, ZERO } from '../../../shared/money/fixed.ts';
import { tokenId } from '../trading/v1-wire.ts';
import { tradingAccount } from '../context/account.ts';
import { accountHeaders } from '../http/request-headers.ts';
import { route } from '../http/route.ts';

const redeemed = z.object({
  token_id: z.string(),
  market_id: z.string(),
  outcome: z.string(),
  quantity: z.string(),
  payout: z.string(),
  realized_pnl: z.string(),
});

export const redeem = route({
  method: 'POST',
  path: '/v1/account/redeem',
  summary: 'Pay out positions of resolved markets: those named, or all',
  tag: 'account',
  auth: { kind: 'key', permission: 'trade' },
  headers: accountHeaders,
  body: z.strictObject({ token_ids: z.array(tokenId).max(100).optional() }).optional(),
  reply: {
    status: 200,
    schema: z.object({ redeemed: z.array(redeemed), total_payout: z.string(), account_balance: z.string() }),
  },
  async handle(call) {
    const { stub } = await tradingAccount(call);
    const rows = await stub.redeem(call.body?.token_ids);
    const money = await stub.money();
    return {
      body: {
        redeemed: rows.map((row) => ({
          token_id: row.token,
          market_id: row.market,
          outcome: row.outcome,
          quantity: formatFixed(row.shares, 4),
          payout: formatMicro(row.payout, 2),
          realized_pnl: formatMicro(row.realised, 2),
        })),
        total_payout: formatMicro(
          rows.reduce((sum, row) => add(sum, row.payout), ZERO),
          2,
        ),
        account_balance: formatFixed(money.cash, 2),
      },
    };
  },
});

/** What a reset did. */
export const resetReply = z.object({
  balance: z.string(),
  cancelled_orders: z.array(z.number()),
  closed_positions: z.array(z.string()),
});

export const resetBalance = route({
  method: 'POST',
  path: '/v1/account/reset-api-balance',
  summary: 'Cancel all orders, close all positions, begin again with the deposit; history stays',
  tag: 'account',
  auth: { kind: 'key', permission: 'trade' },
  headers: accountHeaders,
  reply: { status: 200, schema: resetReply },
  async handle(call) {
    const { stub } = await tradingAccount(call);
    return { body: toResetReply(await stub.reset()) };
  },
});

export const toResetReply = (
  result: Awaited<ReturnType<Awaited<ReturnType<typeof tradingAccount>>['stub']['reset']>>,
): z.infer<typeof resetReply> => ({
  balance: formatFixed(result.money.cash, 2),
  cancelled_orders: [...result.cancelled],
  closed_positions: [...result.closed],
});
