import * as z from 'zod';
import { errorCatalogue } from '../../../../shared/errors/catalogue.ts';
import type { Failure } from '../../../../shared/errors/failure.ts';
import { formatMicro } from '../../../../shared/money/fixed.ts';
import { settlementHash } from '../../trading/settlement-hash.ts';
import type { Placed } from '../../../../durable-objects/trading-account/api.ts';

/** Reply of `POST /v1/order`: always every member (contract: clob). */
export const orderReply = z.object({
  success: z.boolean(),
  errorMsg: z.string(),
  orderID: z.string(),
  status: z.enum(['live', 'matched', 'delayed', 'unmatched', '']),
  makingAmount: z.string(),
  takingAmount: z.string(),
  transactionsHashes: z.array(z.string()),
  tradeIDs: z.array(z.string()),
});
export type OrderReply = z.infer<typeof orderReply>;

/** A placed order in Polymarket's words. Amounts are what was matched at once, in human decimals. */
export async function toOrderReply(account: string, placed: Placed): Promise<OrderReply> {
  const { order, trade } = placed;
  const base = { success: true, errorMsg: '', orderID: String(order.id) };
  if (!trade) {
    const status = order.status === 'open' ? 'live' : 'unmatched';
    return { ...base, status, makingAmount: '', takingAmount: '', transactionsHashes: [], tradeIDs: [] };
  }
  const [cash, shares] = [formatMicro(trade.notional), formatMicro(trade.shares)];
  return {
    ...base,
    status: 'matched',
    makingAmount: order.side === 'BUY' ? cash : shares,
    takingAmount: order.side === 'BUY' ? shares : cash,
    transactionsHashes: [await settlementHash(account, trade.id)],
    tradeIDs: [String(trade.id)],
  };
}

/** A failed entry of an array of orders; the others stand on their own. */
export function toFailedEntry(failed: Failure): OrderReply {
  return {
    success: false,
    errorMsg: failed.message ?? errorCatalogue[failed.reason].sentence,
    orderID: '',
    status: '',
    makingAmount: '',
    takingAmount: '',
    transactionsHashes: [],
    tradeIDs: [],
  };
}
