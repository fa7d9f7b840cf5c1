import * as z from 'zod';
import { RequestError } from '../../../shared/errors/failure.ts';
import { parseCursor } from '../trading/v1-wire.ts';
import { tradingAccount } from '../context/account.ts';
import { accountHeaders } from '../http/request-headers.ts';
import { route } from '../http/route.ts';
import { toCsv, type Cell } from './csv.ts';
import { amountsOf } from '../trading/trade-amounts.ts';
import type { ExportedTrade } from '../../../durable-objects/trading-account/api.ts';

/** Rows of one file: about 1.5 MB. The next ones come with the cursor in `X-Next-Cursor`. */
const MAX_ROWS = 5_000;

const HEADINGS = [
  'trade_id',
  'order_id',
  'client_order_id',
  'executed_at',
  'market_id',
  'token_id',
  'outcome',
  'side',
  'role',
  'quantity',
  'price',
  'notional',
  'fee',
  'realized_pnl',
];

export const exportTrades = route({
  method: 'GET',
  path: '/v1/export/trades.csv',
  summary: `Executions as CSV, oldest first, ${MAX_ROWS} rows at most; more follow after X-Next-Cursor`,
  tag: 'account',
  auth: { kind: 'key', permission: 'read' },
  headers: accountHeaders,
  query: z.object({ after: z.string().max(128).optional() }),
  reply: { status: 200, schema: z.string(), type: 'text/csv' },
  async handle(call) {
    const after = parseCursor(call.query.after);
    if (after === null) throw new RequestError('INVALID_CURSOR');
    const { stub } = await tradingAccount(call);
    // One row more than shown tells whether there is another page.
    const rows = await stub.tradesAfter(after ?? 0, MAX_ROWS + 1);
    const shown = rows.slice(0, MAX_ROWS);
    const last = shown.at(-1);
    const more = rows.length > MAX_ROWS && last !== undefined;
    return new Response(toCsv([HEADINGS, ...shown.map(toCells)]), {
      headers: {
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': 'attachment; filename="trades.csv"',
        ...(more && { 'x-next-cursor': btoa(String(last.id)) }),
      },
    });
  },
});

const number = (value: string | number): Cell => ({ number: String(value) });

function toCells(trade: ExportedTrade): readonly Cell[] {
  const amounts = amountsOf(trade);
  return [
    number(trade.id),
    number(trade.orderId),
    trade.clientOrderId ?? '',
    new Date(trade.at).toISOString(),
    trade.market,
    trade.token,
    trade.outcome,
    trade.side,
    trade.role,
    number(amounts.quantity),
    number(amounts.price),
    number(amounts.notional),
    number(amounts.fee),
    number(amounts.realized_pnl),
  ];
}
