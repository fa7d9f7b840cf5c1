import * as z from 'zod';
import { formatFixed, formatMicro } from '../../../shared/money/fixed.ts';
import { route } from '../http/route.ts';
import { pageQuery, rowCursorOf, rowPlaceOf } from './cursor.ts';
import { ownAccount } from './own-account.ts';
import { accountParams } from './wire.ts';
import { wireTime } from '../http/wire-values.ts';
import type { PastRedemption } from '../../../durable-objects/trading-account/api.ts';

/** What a position of a resolved market has paid. `payout` is exact, as `notional` of the feed is. */
const redemptionView = z.object({
  redemption_id: z.number().int(),
  market_id: z.string(),
  outcome: z.string(),
  quantity: z.string(),
  payout: z.string(),
  realized_pnl: z.string(),
  redeemed_at: z.string(),
});

export const redemptions = route({
  method: 'GET',
  path: '/v1/partner/accounts/{account_id}/redemptions',
  summary: 'Payouts of resolved markets, newest first: with the trades they add up to the balance',
  tag: 'partner',
  auth: { kind: 'partner', permission: 'accounts:read' },
  params: accountParams,
  query: pageQuery,
  reply: {
    status: 200,
    schema: z.object({ data: z.array(redemptionView), next_cursor: z.string().nullable() }),
  },
  async handle(call) {
    const { limit, cursor } = call.query;
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : rowPlaceOf(cursor);
    const { trading } = await ownAccount(call, call.params.account_id);
    // One row more than shown tells whether there is another page.
    const rows = await trading.redemptions(before, limit + 1);
    const shown = rows.slice(0, limit);
    const next = rows.length > limit ? shown.at(-1)?.id : undefined;
    return { body: { data: shown.map(toView), next_cursor: rowCursorOf(next) } };
  },
});

const toView = (row: PastRedemption): z.infer<typeof redemptionView> => ({
  redemption_id: row.id,
  market_id: row.market,
  outcome: row.outcome,
  quantity: formatFixed(row.shares, 4),
  payout: formatMicro(row.payout, 2),
  realized_pnl: formatMicro(row.realised, 2),
  redeemed_at: wireTime(row.at),
});
