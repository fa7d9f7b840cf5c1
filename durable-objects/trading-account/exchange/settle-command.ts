import type { ExchangeRow } from './exchange-tables.ts';
import type { OrderRef, FoundOrder } from '../../../shared/relay/found-order.ts';

/**
 * From then on an order that the exchange does not know never arrived: relay and exchange give a request 10 s each, and
 * its reads lag behind its writes by less than the rest.
 */
const ABSENCE_HOLDS_AFTER_MS = 30_000;

/** Asks the exchange for an order. `undefined`: it cannot be asked now; `null`: it has none. */
export type FindOrder = (ref: OrderRef) => Promise<FoundOrder | null | undefined>;

export type ExchangeSettlement =
  | { readonly state: 'done'; readonly reply: unknown }
  /** Nothing happened: the command may run again. */
  | { readonly state: 'released' }
  | { readonly state: 'unknown' };

/** States in which an order can do nothing more. */
const ENDED = new Set([
  'ORDER_STATE_FILLED',
  'ORDER_STATE_CANCELED',
  'ORDER_STATE_REJECTED',
  'ORDER_STATE_EXPIRED',
]);

/** What became of a command that was sent, by the exchange's own account of its orders. */
export async function settleExchangeCommand(
  { rpc, refs, sentAt }: ExchangeRow,
  find: FindOrder,
  now: number,
): Promise<ExchangeSettlement> {
  // Before the question: what stands there then may have changed when the answer comes.
  const late = sentAt !== null && now - sentAt >= ABSENCE_HOLDS_AFTER_MS;
  const found: (FoundOrder | null)[] = [];
  for (const ref of refs) {
    const order = await find(isCancel(rpc) ? { ...ref } : byOwnId(ref));
    if (order === undefined) return { state: 'unknown' };
    const happened = order !== null && (!isCancel(rpc) || ENDED.has(order.state ?? ''));
    if (!happened && !late) return { state: 'unknown' };
    found.push(happened ? order : null);
  }
  if (found.every((order) => order !== null)) return { state: 'done', reply: replyOf(rpc, found, refs) };
  // A list should be taken or refused as a whole. Where one order of it stands all the same, it must not be sent again;
  // what is left to cancel may be.
  const arrived = !isCancel(rpc) && found.some((order) => order !== null);
  return arrived ? { state: 'done', reply: replyOf(rpc, found, refs) } : { state: 'released' };
}

/** The reply that the exchange would have given, with our `clord_id`s; of an order that is not there without its id. */
function replyOf(
  rpc: ExchangeRow['rpc'],
  orders: readonly (FoundOrder | null)[],
  refs: readonly OrderRef[],
): unknown {
  const replies = orders.map((order, index) => ({
    ...(rpc.startsWith('insert') && { order_id: order?.id ?? '' }),
    ...clordIdOf(refs[index]),
  }));
  return rpc.endsWith('_list') ? { responses: replies } : (replies[0] ?? {});
}

/** Adds to each order of a reply the id that it was named by. */
export function withClordIds(rpc: ExchangeRow['rpc'], body: unknown, refs: readonly OrderRef[]): unknown {
  if (!rpc.endsWith('_list')) return { ...asObject(body), ...clordIdOf(refs[0]) };
  const { responses, ...rest } = asObject(body);
  const list: readonly unknown[] = Array.isArray(responses) ? responses : [];
  return { ...rest, responses: list.map((one, index) => ({ ...asObject(one), ...clordIdOf(refs[index]) })) };
}

const isCancel = (rpc: ExchangeRow['rpc']): boolean => rpc === 'cancel_order' || rpc === 'cancel_order_list';
/** A replacement is found by its own new id: the order's is there before it. */
const byOwnId = ({ clordId }: OrderRef): OrderRef => (clordId === undefined ? {} : { clordId });
const clordIdOf = (ref: OrderRef | undefined): { readonly clord_id?: string } =>
  ref?.clordId === undefined ? {} : { clord_id: ref.clordId };
const asObject = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
