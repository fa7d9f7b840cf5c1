import * as z from 'zod';
import { asMicro, formatFixed, formatMicro, mulDiv, SCALE, sub } from '../../../shared/money/fixed.ts';
import type { ValuedPosition } from '../../../durable-objects/trading-account/api.ts';

/** A position as the account routes show it. Without a price, and so without a value, while the venue is away. */
export const positionView = z.object({
  market_id: z.string(),
  token_id: z.string(),
  outcome: z.string(),
  quantity: z.string(),
  available: z.string(),
  avg_entry_price: z.string(),
  cost: z.string(),
  current_price: z.string().nullable(),
  market_value: z.string().nullable(),
  unrealized_pnl: z.string().nullable(),
  /** Null where the venue does not say, as the two after it. */
  realized_pnl: z.string().nullable(),
  /** The market has resolved; `current_price` is what a share pays. */
  settled: z.boolean().nullable(),
  redeemable: z.boolean().nullable(),
});

/** Positions shown always have shares. */
export function toPositionView(row: ValuedPosition): z.infer<typeof positionView> {
  const settled = row.settled !== null;
  return {
    market_id: row.market,
    token_id: row.token,
    outcome: row.outcome,
    quantity: formatFixed(row.shares, 4),
    available: formatFixed(sub(row.shares, row.reserved), 4),
    avg_entry_price: formatFixed(asMicro(mulDiv(row.cost, SCALE, row.shares, 'half-up')), 4),
    cost: formatMicro(row.cost, 2),
    current_price: row.price === null ? null : formatMicro(row.price, 2),
    market_value: row.value === null ? null : formatFixed(row.value, 2),
    unrealized_pnl: row.value === null ? null : formatFixed(sub(row.value, row.cost), 2),
    realized_pnl: formatFixed(row.realised, 2),
    settled,
    redeemable: settled,
  };
}
