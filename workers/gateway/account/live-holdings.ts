import type * as z from 'zod';
import { asMicro, formatFixed, formatMicro, mulDiv, SCALE, sub, ZERO } from '../../../shared/money/fixed.ts';
import type { Position, VenueOrder } from '../../../shared/venues/port.ts';
import type { positionView } from './position-view.ts';
import { liveSession, type LiveCall } from '../trading/live-session.ts';
import { v1ValueOrThrow } from '../trading/submit-live.ts';

/** Open orders whose reservations are counted at most: all that the venue's own pages give. */
const MAX_OPEN = 2_000;

/** Collateral in the wallet, and what of it the account's resting BUY orders are for. */
export async function cashAtVenue(call: LiveCall) {
  const { session } = await liveSession(call);
  const [cash, open] = await Promise.all([
    session.balance(),
    session.orders({ status: 'open', limit: MAX_OPEN }),
  ]);
  const { available: collateral, currency } = v1ValueOrThrow(cash);
  const reserved = asMicro(v1ValueOrThrow(open).reduce((sum, order) => sum + reservedBy(order), 0n));
  return {
    balance: formatMicro(collateral, 2),
    // The venue takes orders for more than the wallet holds; then nothing is free.
    available: formatMicro(collateral > reserved ? sub(collateral, reserved) : ZERO, 2),
    reserved: formatMicro(reserved, 2),
    fees_paid: null,
    realized_pnl: null,
    currency,
  };
}

const reservedBy = ({ side, price, size, filled }: VenueOrder): bigint =>
  side === 'BUY' && size > filled ? mulDiv(size - filled, price, SCALE, 'ceil') : 0n;

export async function positionsAtVenue(call: LiveCall): Promise<z.infer<typeof positionView>[]> {
  const { session } = await liveSession(call);
  return v1ValueOrThrow(await session.positions()).map(toView);
}

/** What rests of them in orders the venue does not say: all of it counts as available. */
function toView(row: Position): z.infer<typeof positionView> {
  const { size, averagePrice, currentPrice } = row;
  const cost = asMicro(mulDiv(size, averagePrice, SCALE, 'half-up'));
  const value =
    currentPrice === undefined ? undefined : asMicro(mulDiv(size, currentPrice, SCALE, 'half-up'));
  return {
    market_id: row.marketId,
    token_id: row.tokenId ?? '',
    outcome: row.outcome,
    quantity: formatFixed(size, 4),
    available: formatFixed(size, 4),
    avg_entry_price: formatFixed(averagePrice, 4),
    cost: formatMicro(cost, 2),
    current_price: currentPrice === undefined ? null : formatMicro(currentPrice, 2),
    market_value: value === undefined ? null : formatFixed(value, 2),
    unrealized_pnl: value === undefined ? null : formatFixed(sub(value, cost), 2),
    realized_pnl: null,
    settled: null,
    redeemable: null,
  };
}
