import * as z from 'zod';
import { failure, invalidMember, RequestError, type Failure } from '../../../../shared/errors/failure.ts';
import { sha256Hex } from '../../../../shared/keys/digest.ts';
import { formatMicro, parseMicro } from '../../../../shared/money/fixed.ts';
import { canonicalJson, replayedHeader } from '../../context/command-identity.ts';
import { principalOf } from '../../context/caller.ts';
import { tradingAccount } from '../../context/account.ts';
import { tradeHeaders } from '../../http/request-headers.ts';
import { route, type AnyRoute } from '../../http/route.ts';
import { requestedVenue } from '../../context/venue.ts';
import { sendOrder } from './send-live.ts';
import { toClobReply } from './live-replies.ts';
import { toPlaceWork } from './live-work.ts';
import { placeOne } from '../../trading/place-orders.ts';
import { settlementHash } from '../../trading/settlement-hash.ts';
import { tokenId } from '../../trading/v1-wire.ts';
import type { OrderRequest, PlaceOutcome } from '../../../../durable-objects/trading-account/api.ts';
import { clobReply } from './clob-reply.ts';

const decimal = z.union([z.string().max(32), z.number()]).transform(String);

/** Members that a client signs; the paper venue takes them and does not look at them. */
const signing = z.union([z.string().max(4_096), z.number(), z.null()]).optional();

/** `POST /v1/clob/order` (contract: clob, "Orders"). */
export const clobOrder = z.strictObject({
  token_id: tokenId,
  side: z.enum(['BUY', 'SELL']),
  price: decimal,
  size: decimal.optional(),
  quantity: decimal.optional(),
  order_type: z.enum(['GTC', 'FOK', 'GTD', 'IOC']).default('GTC'),
  client_order_id: z.string().min(1).max(256).optional(),
  expiration: z.number().int().nonnegative().max(99_999_999_999).optional(),
  post_only: z.boolean().optional(),
  salt: signing,
  maker: signing,
  signer: signing,
  taker: signing,
  nonce: signing,
  fee_rate_bps: signing,
  signature_type: signing,
  signature: signing,
});

const postClobOrder = route({
  method: 'POST',
  path: '/v1/clob/order',
  summary: 'Place one order by token, in human decimals',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: tradeHeaders,
  body: clobOrder,
  reply: { status: 200, schema: clobReply },
  async handle(call) {
    const request = await toClobRequest(call.body, principalOf(call.caller).key);
    if (requestedVenue(call) !== 'paper') {
      return sendOrder(call, await toPlaceWork(call.env, request), ({ order }) => toClobReply(order));
    }
    const account = await tradingAccount(call);
    if (!request.ok) throw new RequestError(request);
    const { outcome, replayed } = await placeOne(call, account, request.value);
    return { body: await toReply(account.id, outcome), headers: replayedHeader(replayed) };
  },
});

/** The order that a body of token and human decimals asks for. */
export async function toClobRequest(
  body: z.infer<typeof clobOrder>,
  owner: string,
): Promise<{ readonly ok: true; readonly value: OrderRequest } | Failure> {
  if (body.order_type === 'IOC') return failure('UNSUPPORTED_ORDER_TYPE');
  const price = parseMicro(body.price);
  if (price === undefined || price <= 0n || price >= 1_000_000n)
    return invalidMember('price', 'must lie between 0 and 1');
  if ((body.size === undefined) === (body.quantity === undefined))
    return invalidMember('size', 'needed (quantity is its alias)');
  const text = body.size ?? body.quantity ?? '';
  const size = parseMicro(text);
  if (size === undefined && !/^-\d{1,16}(\.\d{1,18})?$/.test(text))
    return invalidMember('size', 'must be a plain decimal');
  if (size === undefined || size === 0n) return failure('INVALID_QUANTITY');
  const expiration = body.expiration ?? 0;
  if ((body.order_type === 'GTD') !== expiration > 0)
    return invalidMember('expiration', 'needed for GTD orders, and only for them');
  return {
    ok: true,
    value: {
      tokenId: body.token_id,
      side: body.side,
      timeInForce: body.order_type,
      // A FOK that cannot fill whole is refused here, as Polymarket does.
      kind: body.order_type === 'FOK' ? 'market' : 'limit',
      price,
      size,
      postOnly: body.post_only === true,
      ...(expiration > 0 && { expiresAt: expiration * 1000 }),
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

async function toReply(
  account: string,
  outcome: Extract<PlaceOutcome, { ok: true }>,
): Promise<z.infer<typeof clobReply>> {
  const { order, trade } = outcome;
  const [cash, shares] = trade ? [formatMicro(trade.notional), formatMicro(trade.shares)] : ['0', '0'];
  const buy = order.side === 'BUY';
  return {
    success: true,
    orderID: String(order.id),
    status: trade ? 'matched' : order.status === 'open' ? 'live' : 'unmatched',
    transactID: trade ? await settlementHash(account, trade.id) : '',
    errorMsg: '',
    price: formatMicro(order.price),
    size: formatMicro(order.size),
    side: order.side,
    takingAmount: buy ? shares : cash,
    makingAmount: buy ? cash : shares,
  };
}

export const clobOrderRoutes: readonly AnyRoute[] = [postClobOrder];
