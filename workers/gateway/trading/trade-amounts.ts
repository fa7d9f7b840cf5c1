import type { Trade } from '../../../durable-objects/trading-account/api.ts';
import { formatFixed, asMicro, mulDiv, SCALE, formatMicro } from '../../../shared/money/fixed.ts';

/** Amounts of an execution in plain decimals, to the micro-dollar. */
export const amountsOf = (trade: Trade) => ({
  quantity: formatFixed(trade.shares, 4),
  price: formatFixed(asMicro(mulDiv(trade.notional, SCALE, trade.shares, 'half-up')), 4),
  notional: formatMicro(trade.notional, 2),
  fee: formatMicro(trade.fee, 2),
  realized_pnl: formatMicro(trade.realised, 2),
});
