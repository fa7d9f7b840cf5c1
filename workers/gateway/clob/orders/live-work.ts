import { countSubrequest } from '../../../../durable-objects/rpc/subrequest-counter.ts';
import { failure, invalidMember, type Failure } from '../../../../shared/errors/failure.ts';
import { orderStructHash } from '../../../../shared/signing/polymarket/order-typed-data.ts';
import { signedMembers } from '../../../../shared/venues/polymarket/orders/client-order.ts';
import { PolymarketMarketData } from '../../../../shared/venues/polymarket/market-data/clob-market-data.ts';
import type { OrderType } from '../../../../shared/venues/port.ts';
import type { Env } from '../../env.ts';
import type { SignedOrderPayload } from './signed-order.ts';
import type { LiveWork, OrderRequest, TimeInForce } from '../../../../durable-objects/trading-account/api.ts';
import { rests } from '../../../../shared/venues/port/order-rests.ts';

export type Work = { readonly ok: true; readonly value: LiveWork } | Failure;

const TYPES: Readonly<Record<TimeInForce, OrderType>> = { GTC: 'gtc', GTD: 'gtd', FOK: 'fok', FAK: 'ioc' };

/**
 * What the vault is to sign for an order in human decimals. Whether it has expired is for the account to say, which knows
 * whether it was placed before: a retry may come later than that.
 */
export async function toPlaceWork(
  env: Env,
  request: { readonly ok: true; readonly value: OrderRequest } | Failure,
): Promise<Work> {
  if (!request.ok) return request;
  const { tokenId, side, price, size, budget, timeInForce, postOnly, expiresAt } = request.value;
  const type = TYPES[timeInForce];
  if (postOnly && !rests(type)) return invalidMember('post_only', 'goes with GTC and GTD orders, which rest');
  const market = await new PolymarketMarketData(env.POLYMARKET_CLOB_URL, () => countSubrequest(env)).marketOf(
    tokenId,
  );
  if (!market.ok) return market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market;
  const outcome = market.value.outcomes.find((one) => one.tokenId === tokenId);
  if (!outcome) return failure('MARKET_NOT_FOUND');
  const { clientOrderId, identity } = request.value;
  return {
    ok: true,
    value: {
      kind: 'place',
      terms: {
        marketId: market.value.conditionId,
        outcome: outcome.label,
        side,
        price,
        size,
        type,
        postOnly,
        ...(budget !== undefined && { budget }),
        ...(expiresAt !== undefined && { expiration: Math.floor(expiresAt / 1000) }),
      },
      ...(clientOrderId !== undefined &&
        identity && { label: { id: clientOrderId, fingerprint: identity.fingerprint } }),
    },
  };
}

/**
 * An order that the client signed. Its name is the hash of all that is signed but for the exchange, so that it is the
 * same however its members are written; the rest tells how it is to be executed.
 */
export function toPostWork({ order, orderType, postOnly, deferExec }: SignedOrderPayload): Work {
  const signed = signedMembers(order);
  if (!signed.ok) return signed;
  const fingerprint = `${orderType} ${postOnly === true} ${deferExec === true} ${Number(order.expiration ?? 0)}`;
  const name = { key: `order:${orderStructHash(signed.value)}`, fingerprint };
  return { ok: true, value: { kind: 'post', order: { order, orderType, postOnly, deferExec }, name } };
}
