import * as z from 'zod';
import type { Actor } from '../../../shared/vault/request.ts';
import { foundOrder, type OrderRef } from '../../../shared/relay/found-order.ts';
import type { Ask, AskRequest } from '../../../shared/relay/ask-request.ts';
import type { StreamCopy } from '../streams/stream-copy.ts';
import { meaningOf } from '../../../shared/relay/exchange-replies.ts';
import { isOpen, type Order } from '../streams/wire.ts';
import type { FoundOrder } from '../../trading-account/api.ts';

/** `order`, singular, is the exchange's name for the list. */
const searched = z.object({ order: z.array(foundOrder).default([]) });
const executed = z.object({
  executions: z.array(z.looseObject({ order: foundOrder.optional() })).default([]),
});

/** What became of one order: as the stream told it, else as the exchange answers. */
export class OrderWatch {
  readonly #copy: StreamCopy;
  readonly #ask: Ask;
  readonly #awaiting = new Set<{ readonly id: string; readonly done: () => void }>();

  constructor(copy: StreamCopy, ask: Ask) {
    this.#copy = copy;
    this.#ask = ask;
  }

  /** An order by the caller's id or its own; null where there is none, undefined where nobody can say now. */
  async find(
    { clordId, orderId }: OrderRef,
    actor: Actor,
    auth: AskRequest['auth'],
  ): Promise<FoundOrder | null | undefined> {
    if (auth === 'desk') {
      const told = this.#told(
        clordId === undefined ? { ...(orderId !== undefined && { orderId }) } : { clordId },
      );
      // What the stream told of an order stands; of a cancel only its end says anything.
      if (told && (clordId !== undefined || !isOpen(told.order))) return told.order;
    }
    const wanted = clordId === undefined ? { order_id: orderId } : { clord_id: clordId };
    const search = async <T>(rpc: string, schema: z.ZodType<T>): Promise<T | undefined> => {
      const path = `/api/v1beta1/${rpc}`;
      const reply = await this.#ask({ path, body: JSON.stringify({ ...wanted, page_size: 1 }), actor, auth });
      const meaning = reply.ok ? meaningOf(reply) : undefined;
      return meaning?.kind === 'body' ? schema.safeParse(meaning.body).data : undefined;
    };
    const orders = await search('search_orders', searched);
    if (orders === undefined || orders.order[0] !== undefined || clordId === undefined)
      return orders && (orders.order[0] ?? null);
    // A replacement since has given the order another name: what was done under this one still tells of it.
    const executions = await search('search_executions', executed);
    return executions && (executions.executions[0]?.order ?? null);
  }

  /** The first state that the stream tells of an order, within a bound; undefined when it tells none by then. */
  async first(
    orderId: string,
    withinMs: number,
  ): Promise<{ readonly order: Order; readonly text?: string } | undefined> {
    const told = this.#told({ orderId });
    if (told || withinMs <= 0) return told;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#awaiting.delete(waiting);
        resolve();
      };
      const waiting = { id: orderId, done };
      const timer = setTimeout(done, withinMs);
      this.#awaiting.add(waiting);
    });
    return this.#told({ orderId });
  }

  /** Something was told: whoever waits for it has it. */
  release(): void {
    for (const { id, done } of this.#awaiting) if (this.#copy.order('id', id)) done();
  }

  #told({ clordId, orderId }: OrderRef): ReturnType<StreamCopy['order']> {
    if (clordId !== undefined) return this.#copy.order('clord_id', clordId);
    return orderId === undefined ? undefined : this.#copy.order('id', orderId);
  }
}
