import { failure, type Failure } from '../../../errors/failure.ts';
import { asMicro, MAX_UNITS, mulDiv, SCALE } from '../../../money/fixed.ts';
import { SigningFault } from '../../../signing/signing-fault.ts';
import { orderStructHash, type Order } from '../../../signing/polymarket/order-typed-data.ts';
import type { Found, OrderTerms, OrderType } from '../../port.ts';
import type { PolymarketIdentity } from '../../port/signer.ts';
import { safeAddressOf } from '../account/safe-address.ts';

/** A signed order as Polymarket's clients send it, both schemas in one. Numbers are exact integers. */
export interface WireOrder {
  readonly salt: string | number;
  readonly maker: string;
  readonly signer: string;
  readonly taker?: string | undefined;
  readonly tokenId: string;
  readonly makerAmount: string;
  readonly takerAmount: string;
  readonly side: 'BUY' | 'SELL' | 0 | 1;
  readonly expiration?: string | number | undefined;
  readonly nonce?: string | number | undefined;
  readonly feeRateBps?: string | number | undefined;
  readonly signatureType: number;
  readonly timestamp?: string | number | undefined;
  readonly metadata?: string | undefined;
  readonly builder?: string | undefined;
  readonly signature: string;
}

/** Body of `POST /order`, without `owner`: that is the account's. What is not there was not sent. */
export interface ClientOrder {
  readonly order: WireOrder;
  readonly orderType: 'GTC' | 'GTD' | 'FOK' | 'FAK';
  readonly postOnly?: boolean | undefined;
  readonly deferExec?: boolean | undefined;
}

export const invalidOrder = (message: string): Failure => failure('INVALID_ORDER_PAYLOAD', { message });

/** The order that was signed. INVALID_ORDER_PAYLOAD names the member that is missing or wrong. */
export function signedMembers(wire: WireOrder): Found<Order> {
  const { signatureType } = wire;
  const common = {
    salt: BigInt(wire.salt),
    maker: wire.maker,
    signer: wire.signer,
    tokenId: BigInt(wire.tokenId),
    makerAmount: BigInt(wire.makerAmount),
    takerAmount: BigInt(wire.takerAmount),
    side: wire.side === 'BUY' || wire.side === 0 ? ('BUY' as const) : ('SELL' as const),
  };
  if (common.makerAmount === 0n || common.takerAmount === 0n)
    return invalidOrder('makerAmount and takerAmount must be above zero');
  if (wire.nonce === undefined && wire.feeRateBps === undefined) {
    const { timestamp, metadata, builder, expiration } = wire;
    if (timestamp === undefined || metadata === undefined || builder === undefined)
      return invalidOrder('timestamp, metadata and builder are signed in an order of this schema');
    const rest = { schema: 2, timestamp: BigInt(timestamp), metadata, builder } as const;
    const value = {
      ...common,
      ...rest,
      ...(expiration !== undefined && { expiration: BigInt(expiration) }),
    };
    if (isOwned(signatureType) || signatureType === 3) return hashable({ ...value, signatureType });
    return invalidOrder('signatureType must be 0, 1, 2 or 3');
  }
  const { taker, nonce, feeRateBps, expiration } = wire;
  if (taker === undefined || nonce === undefined || feeRateBps === undefined || expiration === undefined)
    return invalidOrder('taker, nonce, feeRateBps and expiration are signed in an order of this schema');
  if (!isOwned(signatureType)) return invalidOrder('signatureType must be 0, 1 or 2');
  return hashable({
    ...common,
    schema: 1,
    taker,
    nonce: BigInt(nonce),
    feeRateBps: BigInt(feeRateBps),
    expiration: BigInt(expiration),
    signatureType,
  });
}

const isOwned = (type: number): type is 0 | 1 | 2 => type === 0 || type === 1 || type === 2;

/** The order, once every member fits its type. */
function hashable(order: Order): Found<Order> {
  try {
    orderStructHash(order);
    return { ok: true, value: order };
  } catch (error) {
    if (error instanceof SigningFault) return invalidOrder(error.message);
    throw error;
  }
}

const same = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();

/** Why an order is not this account's to send; undefined when its parties are the account's own wallets. */
export function refuseForeignParty(order: Order, identity: PolymarketIdentity): Failure | undefined {
  const { address, funder, signatureType } = identity;
  if (order.signatureType === 3) {
    const own = same(order.maker, funder) && same(order.signer, funder);
    return own ? undefined : invalidOrder('maker and signer must be the deposit wallet of this account');
  }
  if (!same(order.signer, address)) return invalidOrder('signer is not the wallet of this account');
  const holders: Readonly<Record<0 | 1 | 2, string | undefined>> = {
    0: address,
    1: signatureType === 1 ? funder : undefined,
    2: signatureType === 2 && funder !== undefined ? funder : safeAddressOf(address),
  };
  return same(order.maker, holders[order.signatureType])
    ? undefined
    : invalidOrder('maker is not a wallet of this account');
}

const TYPES: Readonly<Record<ClientOrder['orderType'], OrderType>> = {
  GTC: 'gtc',
  GTD: 'gtd',
  FOK: 'fok',
  FAK: 'ioc',
};

/** What an order asks for, by its amounts: BUY pays makerAmount for takerAmount shares, SELL the other way round. */
export function termsOf(
  order: Order,
  { orderType, postOnly }: ClientOrder,
  marketId: string,
  outcome: string,
): Found<OrderTerms> {
  const { side, makerAmount, takerAmount } = order;
  const [cash, shares] = side === 'BUY' ? [makerAmount, takerAmount] : [takerAmount, makerAmount];
  if (cash > MAX_UNITS * SCALE || shares > MAX_UNITS * SCALE) return invalidOrder('an amount is too large');
  const price = asMicro(mulDiv(cash, SCALE, shares, 'half-up'));
  if (price <= 0n || price >= SCALE) return invalidOrder('the price (USD ÷ shares) must lie between 0 and 1');
  const expiration = Number(order.expiration ?? 0n);
  if ((orderType === 'GTD') !== expiration > 0)
    return invalidOrder('expiration goes with GTD orders, and only with them');
  const type = TYPES[orderType];
  return {
    ok: true,
    value: {
      marketId,
      outcome,
      side,
      price,
      size: asMicro(shares),
      type,
      postOnly: postOnly === true,
      ...(expiration > 0 && { expiration }),
    },
  };
}
