import * as z from 'zod';
import { formatMicro } from '../../../shared/money/fixed.ts';
import { amountsOf } from '../trading/trade-amounts.ts';
import { sideName } from '../trading/v1-wire.ts';
import { route } from '../http/route.ts';
import { fillCursorOf, fillPlaceOf, pageQuery } from './cursor.ts';
import { ownAccount } from './own-account.ts';
import { accountParams } from './wire.ts';
import { wireTime } from '../http/wire-values.ts';
import type { ExportedTrade } from '../../../durable-objects/trading-account/api.ts';

/** One fill of the feed. `notional` and `fee` are exact: at least two decimals, and more where cents do not hold it. */
const fillView = z.object({
  trade_id: z.number().int(),
  order_id: z.number().int(),
  market_id: z.string(),
  side: sideName,
  outcome: z.string(),
  price: z.string(),
  quantity: z.string(),
  notional: z.string(),
  fee: z.string(),
  filled_at: z.string(),
  client_order_id: z.string().nullable(),
  /** Of a SELL, before its fee; a BUY realises nothing. */
  realized_pnl: z.string().nullable(),
});

export const trades = route({
  method: 'GET',
  path: '/v1/partner/accounts/{account_id}/trades',
  summary: 'Fills, newest first; next_cursor leads on and null ends',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'accounts:read' },
  params: accountParams,
  query: pageQuery.extend({ side: sideName.optional(), market_id: z.string().min(1).max(128).optional() }),
  reply: { status: 200, schema: z.object({ data: z.array(fillView), next_cursor: z.string().nullable() }) },
  async handle(call) {
    const { limit, cursor, side, market_id: market } = call.query;
    const place = fillPlaceOf(cursor);
    const { trading } = await ownAccount(call, call.params.account_id);
    const filter = { ...(side !== undefined && { side }), ...(market !== undefined && { market }) };
    // One row more than shown tells whether there is another page.
    const rows = await trading.fills(filter, place, limit + 1);
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return {
      body: {
        data: shown.map(toFill),
        next_cursor: last === undefined ? null : fillCursorOf(wireTime(last.at), last.orderId, last.id),
      },
    };
  },
});

export function toFill(trade: ExportedTrade): z.infer<typeof fillView> {
  const { price, quantity, notional, fee } = amountsOf(trade);
  return {
    trade_id: trade.id,
    order_id: trade.orderId,
    market_id: trade.market,
    side: trade.side,
    outcome: trade.outcome,
    price,
    quantity,
    notional,
    fee,
    filled_at: wireTime(trade.at),
    client_order_id: trade.clientOrderId,
    realized_pnl: trade.side === 'SELL' ? formatMicro(trade.realised, 2) : null,
  };
}
