import * as z from 'zod';
import { RequestError } from '../../../../shared/errors/failure.ts';
import { principalOf } from '../../context/caller.ts';
import { tradingAccount } from '../../context/account.ts';
import { tradeHeaders } from '../../http/request-headers.ts';
import { route, type AnyRoute } from '../../http/route.ts';
import { replayedHeader } from '../../context/command-identity.ts';
import { requestedVenue } from '../../context/venue.ts';
import type { Env } from '../../env.ts';
import { clobOrder, toClobRequest } from './clob-order.ts';
import { sendOrder } from './send-live.ts';
import { toPostedReply } from './live-replies.ts';
import { toPlaceWork, toPostWork, type Work } from './live-work.ts';
import { orderReply, toOrderReply } from './posted-reply.ts';
import { placeOne } from '../../trading/place-orders.ts';
import { signedOrderPayload, toOrderRequest, type SignedOrderPayload } from './signed-order.ts';

const postOrder = route({
  method: 'POST',
  path: '/v1/order',
  summary: 'Place one order in Polymarket shape, or by token in human decimals as on /v1/clob/order',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: tradeHeaders,
  body: z.union([signedOrderPayload, clobOrder]),
  bodyFault: 'INVALID_ORDER_PAYLOAD',
  reply: { status: 200, schema: orderReply },
  async handle(call) {
    if (requestedVenue(call) !== 'paper') {
      return sendOrder(call, await toWork(call.env, call.body), ({ order }) => toPostedReply(order));
    }
    const account = await tradingAccount(call);
    const request = await toRequest(call.body, principalOf(call.caller).key);
    if (!request.ok) throw new RequestError(request);
    const { outcome, replayed } = await placeOne(call, account, request.value);
    return { body: await toOrderReply(account.id, outcome), headers: replayedHeader(replayed) };
  },
});

type OrderBody = SignedOrderPayload | z.infer<typeof clobOrder>;

/** Clients post the plain form here too; what is wrong with it has this route's code. */
async function toRequest(body: OrderBody, owner: string): ReturnType<typeof toOrderRequest> {
  if ('order' in body) return toOrderRequest(body);
  const request = await toClobRequest(body, owner);
  if (request.ok || request.reason !== 'VALIDATION_FAILED') return request;
  return { ...request, reason: 'INVALID_ORDER_PAYLOAD' };
}

/** On a live venue: what the client has signed goes out as it is, the plain form is signed by the vault. */
const toWork = async (env: Env, body: OrderBody): Promise<Work> =>
  'order' in body ? toPostWork(body) : toPlaceWork(env, await toRequest(body, ''));

export const orderRoutes: readonly AnyRoute[] = [postOrder];
