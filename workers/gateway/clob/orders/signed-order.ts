import * as z from 'zod';
import { failure, type Failure } from '../../../../shared/errors/failure.ts';
import { asMicro, MAX_UNITS, mulDiv, SCALE, type Micro } from '../../../../shared/money/fixed.ts';
import { sha256Hex } from '../../../../shared/keys/digest.ts';
import { canonicalJson } from '../../context/command-identity.ts';
import { address, baseUnits, tokenId } from '../../trading/v1-wire.ts';
import type { CommandName, OrderRequest } from '../../../../durable-objects/trading-account/api.ts';
import { rests } from '../../../../shared/venues/port/order-rests.ts';

/** Digits or a number that JSON holds exactly; clients send `salt` either way. */
const integer = z.union([z.string().regex(/^\d{1,78}$/), z.number().int().nonnegative()]);
/** Unix seconds: 12 digits reach the year 33658 and stay exact. */
const unixSeconds = z.union([z.string().regex(/^\d{1,12}$/), z.number().int().min(0).max(999_999_999_999)]);
const hex = z
  .string()
  .regex(/^0x[0-9a-fA-F]*$/)
  .max(4_096);

/** An order as Polymarket's clients sign it, V1 and V2 in one. Unknown members are refused. */
const signedOrder = z.strictObject({
  salt: integer,
  maker: address,
  signer: address,
  taker: address.optional(),
  tokenId,
  makerAmount: baseUnits,
  takerAmount: baseUnits,
  side: z.union([z.enum(['BUY', 'SELL']), z.literal(0), z.literal(1)]),
  expiration: unixSeconds.optional(),
  nonce: integer.optional(),
  feeRateBps: integer.optional(),
  signatureType: z.number().int().min(0).max(3),
  timestamp: integer.optional(),
  metadata: hex.optional(),
  builder: hex.optional(),
  signature: hex,
});

/** Body of `POST /v1/order`, and each entry of `POST /v1/orders`. */
export const signedOrderPayload = z.strictObject({
  order: signedOrder,
  owner: z.string().max(128),
  orderType: z.enum(['GTC', 'GTD', 'FOK', 'FAK']),
  deferExec: z.boolean().optional(),
  postOnly: z.boolean().optional(),
});

export type SignedOrderPayload = z.infer<typeof signedOrderPayload>;

/**
 * The order that a signed payload asks for (contract: clob, `POST /v1/order`): BUY pays makerAmount for
 * takerAmount shares, SELL gives makerAmount shares for takerAmount. The price is the quotient.
 */
export async function toOrderRequest(
  payload: SignedOrderPayload,
): Promise<{ readonly ok: true; readonly value: OrderRequest } | Failure> {
  const { order, orderType } = payload;
  const [maker, taker] = [BigInt(order.makerAmount), BigInt(order.takerAmount)];
  const buy = order.side === 'BUY' || order.side === 0;
  const [cash, shares] = buy ? [maker, taker] : [taker, maker];
  if (cash === 0n || shares === 0n) return invalid('makerAmount and takerAmount must be above zero');
  if (cash > MAX_UNITS * SCALE || shares > MAX_UNITS * SCALE) return invalid('an amount is too large');
  const price = asMicro(mulDiv(cash, SCALE, shares, 'half-up'));
  if (price <= 0n || price >= SCALE) return invalid('the price (USD ÷ shares) must lie between 0 and 1');
  const expiration = Number(order.expiration ?? 0);
  if (orderType !== 'GTD' && expiration !== 0) return invalid('expiration is only supported for GTD orders');
  const value = requestOf(payload, buy, price, asMicro(shares), expiration);
  return { ok: true, value: { ...value, identity: await identityOf(payload) } };
}

function requestOf(
  payload: SignedOrderPayload,
  buy: boolean,
  price: Micro,
  size: Micro,
  expiration: number,
): OrderRequest {
  const { order, orderType } = payload;
  return {
    tokenId: order.tokenId,
    side: buy ? 'BUY' : 'SELL',
    timeInForce: orderType,
    // A signed FOK or FAK order is what Polymarket's clients call a market order.
    kind: rests(orderType) ? 'limit' : 'market',
    price,
    size,
    postOnly: payload.postOnly === true,
    ...(orderType === 'GTD' ? { expiresAt: expiration * 1000 } : {}),
    priceFromAmounts: !rests(orderType),
    owner: payload.owner,
    maker: order.maker,
  };
}

/**
 * A signed order names itself: by the hash of what was signed (docs/consistency.md). Paper does not look at the
 * signature, so this is the hash of the signed members, however they are written.
 */
async function identityOf(payload: SignedOrderPayload): Promise<CommandName> {
  const { signature: _, ...signed } = payload.order;
  // The key covers all that was signed; what is left to tell two requests apart is how it is to be executed.
  const fingerprint = `${payload.orderType} ${payload.postOnly === true} ${payload.deferExec === true}`;
  const members = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name, plain(value)]));
  return { key: `order:${await sha256Hex(canonicalJson(members))}`, fingerprint };
}

/** One way to write a signed member: numbers as digits without leading zeros, hex and addresses in lower case. */
function plain(value: string | number | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value === 'BUY' || value === 'SELL') return value === 'BUY' ? '0' : '1';
  const text = String(value);
  return text.startsWith('0x') ? text.toLowerCase() : BigInt(text).toString();
}

const invalid = (message: string): Failure => failure('INVALID_ORDER_PAYLOAD', { message });
