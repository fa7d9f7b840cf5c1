import type { Call, Reply } from '../../http/route.ts';
import { principalOf } from '../../context/caller.ts';
import { replayedHeader } from '../../context/command-identity.ts';
import { countSubrequest } from '../../../../durable-objects/rpc/subrequest-counter.ts';
import { failure, RequestError, type Failure } from '../../../../shared/errors/failure.ts';
import { PolymarketMarketData } from '../../../../shared/venues/polymarket/market-data/clob-market-data.ts';
import { toNativeRequest, type NativeOrder } from './native-order.ts';
import { toRejectedEntry } from './native-reply.ts';
import { toFailedEntry } from './posted-reply.ts';
import { signedOrderPayload } from './signed-order.ts';
import { toNativeLive, toPostedReply } from './live-replies.ts';
import { submitEach, submitOne, type Submitted } from '../../trading/submit-live.ts';
import { toPlaceWork, toPostWork, type Work } from './live-work.ts';

type AnyCall = Call<unknown, unknown, unknown>;

/** Sends one order, whoever signs it, and answers as `shape` has it. Throws the refusal. */
export async function sendOrder(
  call: AnyCall,
  work: Work,
  shape: (sent: Extract<Submitted, { ok: true }>) => unknown,
): Promise<Reply> {
  if (!work.ok) throw new RequestError(work);
  const sent = await submitOne(call, work.value);
  return { body: shape({ ok: true, ...sent }), headers: replayedHeader(sent.replayed) };
}

/** Polymarket's own array: orders that the client signed. */
export async function sendSigned(call: AnyCall, body: readonly unknown[]): Promise<Reply> {
  const sent = await submitEach(call, body.map(toEntryWork));
  return {
    body: sent.map((one) => (one.ok ? toPostedReply(one.order) : toFailedEntry(one))),
    headers: replayedHeader(allReplayed(sent)),
  };
}

export async function sendNative(call: AnyCall, body: NativeOrder): Promise<Reply> {
  return sendOrder(call, await nativeWork(call, body), ({ order, replayed }) =>
    toNativeLive(order, { kind: body.order_type, replayed }),
  );
}

export async function sendBatch(call: AnyCall, orders: readonly NativeOrder[]): Promise<Reply> {
  const sent = await submitEach(call, await Promise.all(orders.map((order) => nativeWork(call, order))));
  const results = sent.map((one, index) => {
    const kind = orders[index]?.order_type ?? 'limit';
    return one.ok ? toNativeLive(one.order, { kind, replayed: one.replayed }) : toRejectedEntry(one);
  });
  const succeeded = sent.filter((one) => one.ok).length;
  return {
    body: { results, succeeded, failed: sent.length - succeeded },
    headers: replayedHeader(allReplayed(sent)),
  };
}

const allReplayed = (sent: readonly Submitted[]): boolean => {
  const placed = sent.filter((one) => one.ok);
  return placed.length > 0 && placed.every((one) => one.replayed);
};

async function nativeWork(call: AnyCall, body: NativeOrder): Promise<Work> {
  const { env, caller } = call;
  const marketData = new PolymarketMarketData(env.POLYMARKET_CLOB_URL, () => countSubrequest(env));
  return toPlaceWork(env, await toNativeRequest(body, marketData, principalOf(caller).key));
}

/** An entry of an array may be anything: what is no order has its own refusal, and the others go. */
function toEntryWork(entry: unknown): Work {
  const parsed = signedOrderPayload.safeParse(entry);
  return parsed.success ? toPostWork(parsed.data) : notAnOrder(parsed.error.issues[0]);
}

const notAnOrder = (
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): Failure =>
  failure('INVALID_ORDER_PAYLOAD', {
    message: issue ? `${issue.path.join('.')}: ${issue.message}` : 'not an order',
  });
