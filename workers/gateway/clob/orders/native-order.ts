import * as z from 'zod';
import { failure, invalidMember, type Failure } from '../../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../../shared/keys/digest.ts';
import { ONE, parseMicro, SCALE, ZERO, type Micro } from '../../../../shared/money/fixed.ts';
import type { MarketData, Outcome } from '../../../../shared/venues/port.ts';
import { canonicalJson } from '../../context/command-identity.ts';
import { conditionId } from '../../trading/v1-wire.ts';
import type { OrderRequest, TimeInForce } from '../../../../durable-objects/trading-account/api.ts';
import { rests } from '../../../../shared/venues/port/order-rests.ts';

/** Amounts come as text or as JSON numbers; what JSON cannot hold exactly is refused with the rest. */
const decimal = z.union([z.string().max(32), z.number()]).transform(String);
/** Shares have 4 decimals, and a quantity above this is no order (contract: clob, "Orders"). */
const SHARE_UNIT = 100n;
const MAX_QUANTITY = 1_000_000n * SCALE;
/** Limit prices (same contract). */
const LOWEST = 10_000n;
const HIGHEST = 990_000n;

/** `POST /v1/orders` with an object, and each entry of `POST /v1/orders/batch`. */
export const nativeOrder = z.strictObject({
  market_id: conditionId,
  side: z.enum(['BUY', 'SELL']),
  outcome: z.string().min(1).max(200),
  quantity: decimal.optional(),
  amount: decimal.optional(),
  order_type: z.enum(['market', 'limit']).default('market'),
  price: decimal.optional(),
  time_in_force: z.enum(['GTC', 'GTD', 'FOK', 'FAK', 'IOC']).optional(),
  expiration: z.number().int().positive().max(99_999_999_999).optional(),
  client_order_id: z.string().min(1).max(256).optional(),
  post_only: z.boolean().optional(),
  wallet_id: z.union([z.number().int().positive(), z.string().max(16)]).optional(),
});
export type NativeOrder = z.infer<typeof nativeOrder>;

type Parsed = { readonly ok: true; readonly value: OrderRequest } | Failure;

/** The order that a native body asks for. Looks the outcome's token up in the market. */
export async function toNativeRequest(
  body: NativeOrder,
  marketData: MarketData,
  owner: string,
): Promise<Parsed> {
  const price = priceOf(body);
  if (!price.ok) return price;
  const size = sizeOf(body);
  if (!size.ok) return size;
  const tif = timeInForce(body);
  if (!tif.ok) return tif;
  const market = await marketData.market(body.market_id);
  if (!market.ok) return market.reason === 'TOKEN_NOT_FOUND' ? failure('MARKET_NOT_FOUND') : market;
  const outcome = findOutcome(market.value.outcomes, body.outcome);
  if (!outcome) return unknownOutcome(market.value.outcomes);
  return {
    ok: true,
    value: {
      tokenId: outcome.tokenId,
      side: body.side,
      timeInForce: tif.value,
      kind: body.order_type,
      price: price.value,
      size: size.value,
      ...(size.budget !== undefined && { budget: size.budget }),
      postOnly: body.post_only === true,
      ...(body.expiration !== undefined && tif.value === 'GTD' && { expiresAt: body.expiration * 1000 }),
      ...(body.client_order_id !== undefined && {
        clientOrderId: body.client_order_id,
        identity: {
          key: `client:${body.client_order_id}`,
          fingerprint: await sha256Hex(canonicalJson(body)),
        },
      }),
      priceFromAmounts: false,
      owner,
      maker: owner,
    },
  };
}

function priceOf(body: NativeOrder): { readonly ok: true; readonly value: Micro } | Failure {
  if (body.price === undefined) {
    return body.order_type === 'market'
      ? failure('PRICE_REQUIRED')
      : invalidMember('price', 'a limit order needs its price');
  }
  const value = parseMicro(body.price);
  if (value === undefined || value <= 0n || value >= SCALE)
    return invalidMember('price', 'must lie between 0 and 1');
  const outside = body.order_type === 'limit' && (value < LOWEST || value > HIGHEST);
  return outside
    ? invalidMember('price', 'a limit price must lie between 0.01 and 0.99')
    : { ok: true, value };
}

function sizeOf(
  body: NativeOrder,
): { readonly ok: true; readonly value: Micro; readonly budget?: Micro } | Failure {
  if ((body.quantity === undefined) === (body.amount === undefined)) {
    return invalidMember('quantity, amount', 'send one of the two');
  }
  if (body.amount !== undefined) {
    if (body.side !== 'BUY' || body.order_type !== 'market')
      return invalidMember('amount', 'only for market BUY orders');
    const budget = parseMicro(body.amount);
    if (budget === undefined) return notPositive(body.amount, 'amount');
    return budget === 0n ? failure('INVALID_QUANTITY') : { ok: true, value: ONE, budget };
  }
  const text = body.quantity ?? '';
  const value = parseMicro(text);
  if (value === undefined) return notPositive(text, 'quantity');
  if (value % SHARE_UNIT !== 0n) return invalidMember('quantity', 'at most 4 decimals');
  if (value > MAX_QUANTITY) return invalidMember('quantity', 'at most 1000000');
  return value === ZERO ? failure('INVALID_QUANTITY') : { ok: true, value };
}

/** A negative number is an order for nothing; anything else unreadable does not fit the schema. */
const notPositive = (text: string, name: string): Failure =>
  /^-\d{1,16}(\.\d{1,18})?$/.test(text)
    ? failure('INVALID_QUANTITY')
    : invalidMember(name, 'must be a plain decimal');

function timeInForce(body: NativeOrder): { readonly ok: true; readonly value: TimeInForce } | Failure {
  const asked = body.time_in_force ?? (body.order_type === 'limit' ? 'GTC' : 'FOK');
  const value = asked === 'IOC' ? 'FAK' : asked;
  if (body.order_type === 'market' && rests(value)) {
    return invalidMember('time_in_force', 'a market order is FOK, FAK or IOC');
  }
  if ((value === 'GTD') !== (body.expiration !== undefined)) {
    return invalidMember('expiration', 'needed for GTD orders, and only for them');
  }
  return { ok: true, value };
}

const findOutcome = (outcomes: readonly Outcome[], label: string): Outcome | undefined =>
  outcomes.find((outcome) => outcome.label.toLowerCase() === label.toLowerCase());

const unknownOutcome = (outcomes: readonly Outcome[]): Failure =>
  invalidMember('outcome', `this market has ${outcomes.map((outcome) => outcome.label).join(', ')}`);
