import { invalidMember, RequestError } from '../../../shared/errors/failure.ts';
import type { Call } from '../http/route.ts';
import { vaultActorOf, authOf, connectorLost, connectorOf } from './desk.ts';

type AnyCall = Parameters<typeof connectorOf>[0] & Pick<Call<unknown, unknown, unknown>, 'requestId'>;

/** What of an order shows its scale. */
export interface PricedOrder {
  readonly symbol?: string | undefined;
  readonly price?: string | undefined;
  readonly stop_price?: string | undefined;
}

/**
 * Refuses prices of a dollar and more: contracts pay one dollar, so whoever sends `price_scale` or above has scaled by
 * something else. An instrument that is not known here is the exchange's to judge.
 */
export async function refuseUnscaledPrices(
  call: AnyCall,
  orders: readonly PricedOrder[],
  at: (index: number) => string,
): Promise<void> {
  const priced = orders.filter(({ price, stop_price }) => price !== undefined || stop_price !== undefined);
  const symbols = [...new Set(priced.flatMap(({ symbol }) => (symbol === undefined ? [] : [symbol])))];
  if (symbols.length === 0) return;
  const auth = await authOf(call);
  const scales = await connectorOf(call).priceScales(symbols, vaultActorOf(call), auth).catch(connectorLost);
  for (const [index, { symbol = '', ...order }] of orders.entries()) {
    const scale = scales[symbol];
    if (scale === undefined) continue;
    for (const member of ['price', 'stop_price'] as const) {
      const value = order[member];
      if (value === undefined || BigInt(value) < BigInt(scale)) continue;
      const path = `${at(index)}${member}`;
      const rule = `${value} is a dollar or more: ${symbol} has price_scale ${scale}, so 0.50 is ${BigInt(scale) / 2n}`;
      const { details } = invalidMember(path, rule);
      throw new RequestError('SCALE_SUSPECTED', { message: `${path}: ${rule}`, ...(details && { details }) });
    }
  }
}
