import * as z from 'zod';
import { countSubrequest } from '../../../../durable-objects/rpc/subrequest-counter.ts';
import { invalidMember, failure, RequestError, type Failure } from '../../../../shared/errors/failure.ts';
import { tiers } from '../../../../shared/limits/tiers.ts';
import { PolymarketMarketData } from '../../../../shared/venues/polymarket/market-data/clob-market-data.ts';
import { replayedHeader } from '../../context/command-identity.ts';
import { principalOf } from '../../context/caller.ts';
import { tradingAccount, type AccountRef } from '../../context/account.ts';
import { headerOf, idempotencyKeyHeader, tradeHeaders } from '../../http/request-headers.ts';
import { route, type AnyRoute, type Call, type Reply } from '../../http/route.ts';
import { requestedVenue } from '../../context/venue.ts';
import { sendBatch, sendNative, sendSigned } from './send-live.ts';
import { nativeOrder, toNativeRequest, type NativeOrder } from './native-order.ts';
import { nativeReply, toPlacedReply, toRejectedEntry } from './native-reply.ts';
import { orderReply, toFailedEntry, toOrderReply } from './posted-reply.ts';
import { outcomeUnknown, toPlaceCommand } from '../../trading/place-orders.ts';
import { signedOrderPayload, toOrderRequest } from './signed-order.ts';
import type { OrderRequest, PlaceOutcome } from '../../../../durable-objects/trading-account/api.ts';

/** Most orders of one array (contract: clob, `POST /v1/orders`). */
const MAX_ARRAY = 15;

// Each entry has its own outcome, so one that does not fit must not fail the rest.
const signedArray = z
  .array(z.union([signedOrderPayload, z.unknown()]))
  .min(1)
  .max(MAX_ARRAY);

const postOrders = route({
  method: 'POST',
  path: '/v1/orders',
  summary: 'Place a native order (object), or up to 15 orders in Polymarket shape (array)',
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: tradeHeaders,
  body: z.union([nativeOrder, signedArray]),
  reply: { status: 200, schema: z.union([nativeReply, z.array(orderReply)]) },
  handle: (call) => {
    const { body } = call;
    const live = requestedVenue(call, Array.isArray(body) ? undefined : body.wallet_id) !== 'paper';
    if (Array.isArray(body)) return live ? sendSigned(call, body) : placeSigned(call, body);
    return live ? sendNative(call, body) : placeNative(call, body);
  },
});

const batch = route({
  method: 'POST',
  path: '/v1/orders/batch',
  summary: "Place native orders, up to the tier's batch size, each with its own outcome",
  tag: 'clob',
  auth: { kind: 'key', permission: 'trade' },
  headers: tradeHeaders,
  // The tier's own size is checked below. As many as 256 KB can hold, so that no batch is too large for the code
  // that says so.
  body: z.strictObject({ orders: z.array(nativeOrder).min(1).max(4_000) }),
  reply: {
    status: 200,
    schema: z.object({ results: z.array(z.unknown()), succeeded: z.number(), failed: z.number() }),
  },
  async handle(call) {
    const { maxBatchSize } = tiers[principalOf(call.caller).tier];
    if (call.body.orders.length > maxBatchSize) {
      const message = `A batch of ${call.body.orders.length} orders is above the tier's ${maxBatchSize}`;
      throw new RequestError('BATCH_LIMIT_EXCEEDED', { message });
    }
    const wallet = walletOfBatch(call.body.orders);
    if (requestedVenue(call, wallet) !== 'paper') return sendBatch(call, call.body.orders);
    const account = await tradingAccount(call, wallet);
    const requests = await Promise.all(call.body.orders.map((order) => nativeRequest(call, order)));
    const { outcomes, replayed } = await placeValid(call, account, requests);
    const results = outcomes.map((outcome) =>
      outcome.ok ? toPlacedReply(outcome, replayed) : toRejectedEntry(outcome),
    );
    const succeeded = outcomes.filter((outcome) => outcome.ok).length;
    return {
      body: { results, succeeded, failed: outcomes.length - succeeded },
      headers: replayedHeader(replayed),
    };
  },
});

/** The wallet that a batch names: all of its orders trade on one account. */
function walletOfBatch(orders: readonly NativeOrder[]): string | undefined {
  const [wallet, ...others] = new Set(orders.map((order) => order.wallet_id?.toString()));
  if (others.length > 0) {
    throw new RequestError(invalidMember('wallet_id', 'one batch trades on one wallet'));
  }
  return wallet;
}

type Parsed = { readonly ok: true; readonly value: OrderRequest } | Failure;
type AnyCall = Call<unknown, unknown, unknown>;

async function placeNative(call: AnyCall, body: NativeOrder): Promise<Reply> {
  const account = await tradingAccount(call, body.wallet_id);
  const { outcomes, replayed } = await placeValid(call, account, [await nativeRequest(call, body)]);
  const [outcome] = outcomes;
  if (!outcome) throw new RequestError('INTERNAL_ERROR');
  if (!outcome.ok) throw new RequestError(outcome);
  const again = replayed || outcome.replayed === true;
  return { body: toPlacedReply(outcome, again), headers: replayedHeader(again) };
}

async function placeSigned(call: AnyCall, body: readonly unknown[]): Promise<Reply> {
  const account = await tradingAccount(call);
  const requests = await Promise.all(body.map((entry) => toEntryRequest(entry)));
  const { outcomes, replayed } = await placeValid(call, account, requests);
  const replies = outcomes.map(async (outcome) =>
    outcome.ok ? toOrderReply(account.id, outcome) : toFailedEntry(outcome),
  );
  return { body: await Promise.all(replies), headers: replayedHeader(replayed) };
}

async function toEntryRequest(entry: unknown): Promise<Parsed> {
  const parsed = signedOrderPayload.safeParse(entry);
  if (parsed.success) return toOrderRequest(parsed.data);
  const [issue] = parsed.error.issues;
  const message = issue ? `${issue.path.join('.')}: ${issue.message}` : 'not an order';
  return failure('INVALID_ORDER_PAYLOAD', { message });
}

const nativeRequest = (call: AnyCall, body: NativeOrder): Promise<Parsed> =>
  toNativeRequest(
    body,
    new PolymarketMarketData(call.env.POLYMARKET_CLOB_URL, () => countSubrequest(call.env)),
    principalOf(call.caller).key,
  );

/**
 * Places what parsed; the outcomes are those of the whole request, in its order. Throws VENUE_UNAVAILABLE, and places
 * nothing, where a market could not be looked up: the request may be sound when it is said again under its key, and then
 * has to run.
 */
async function placeValid(
  call: AnyCall,
  account: AccountRef,
  requests: readonly Parsed[],
): Promise<{ readonly outcomes: readonly PlaceOutcome[]; readonly replayed: boolean }> {
  const away = requests.find((request) => !request.ok && request.reason === 'VENUE_UNAVAILABLE');
  if (away?.ok === false) throw new RequestError(away);
  const valid = requests.flatMap((request) => (request.ok ? [request.value] : []));
  const refused = requests.map((request) => (request.ok ? undefined : request));
  // What is recorded of the request under its key stands, whatever its orders look like now.
  const named = headerOf(call, idempotencyKeyHeader) !== undefined;
  if (valid.length === 0 && !named)
    return { outcomes: requests.filter((request) => !request.ok), replayed: false };
  const command = { ...(await toPlaceCommand(call, valid)), refused };
  const placing = await account.stub.place(command).catch(outcomeUnknown);
  if (!placing.ok) throw new RequestError(placing);
  return placing;
}

export const arrayRoutes: readonly AnyRoute[] = [postOrders, batch];
