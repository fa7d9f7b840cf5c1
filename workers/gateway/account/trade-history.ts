import * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import { cursorAfter, PAGE_SIZE, pageOf, parseCursor, sideName } from '../trading/v1-wire.ts';
import { tradingAccount } from '../context/account.ts';
import { accountHeaders } from '../http/request-headers.ts';
import { route } from '../http/route.ts';
import type { Trade } from '../../../durable-objects/trading-account/api.ts';
import { amountsOf } from '../trading/trade-amounts.ts';

const execution = z.object({
  trade_id: z.number(),
  order_id: z.number(),
  market_id: z.string(),
  token_id: z.string(),
  outcome: z.string(),
  side: sideName,
  role: z.enum(['TAKER', 'MAKER']),
  quantity: z.string(),
  price: z.string(),
  notional: z.string(),
  fee: z.string(),
  realized_pnl: z.string(),
  executed_at: z.string(),
});

export const history = route({
  method: 'GET',
  path: '/v1/account/history',
  summary: 'Executions, newest first',
  tag: 'account',
  auth: { kind: 'key', permission: 'read' },
  headers: accountHeaders,
  query: z.object({ cursor: z.string().max(128).optional() }),
  reply: { status: 200, schema: pageOf(execution) },
  async handle(call) {
    const before = parseCursor(call.query.cursor);
    if (before === null) throw new RequestError('INVALID_CURSOR');
    const { stub } = await tradingAccount(call);
    const page = { ...(before !== undefined && { before }), limit: PAGE_SIZE };
    const rows = await stub.trades({}, page);
    return {
      body: {
        data: rows.map(toExecution),
        next_cursor: cursorAfter(rows, PAGE_SIZE),
        limit: PAGE_SIZE,
        count: rows.length,
      },
    };
  },
});

const toExecution = (trade: Trade): z.infer<typeof execution> => ({
  trade_id: trade.id,
  order_id: trade.orderId,
  market_id: trade.market,
  token_id: trade.token,
  outcome: trade.outcome,
  side: trade.side,
  role: trade.role,
  ...amountsOf(trade),
  executed_at: new Date(trade.at).toISOString(),
});
