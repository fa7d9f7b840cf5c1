import { createHash } from 'node:crypto';
import type { Order } from './received-events.ts';
import type { ExchangeState } from './stage.ts';

/** States in which an order can do nothing more. */
const ENDED = new Set([
  'ORDER_STATE_FILLED',
  'ORDER_STATE_CANCELED',
  'ORDER_STATE_REJECTED',
  'ORDER_STATE_EXPIRED',
]);

/** A number for a set of orders that does not depend on their order: the sum of their digests. */
const SET_BITS = 2 ** 48;
const digestOf = ({ id, state, cum_qty, leaves_qty, price }: Order): number =>
  ENDED.has(state ?? '')
    ? 0
    : createHash('sha256')
        .update(JSON.stringify([id, state, cum_qty, leaves_qty, price]))
        .digest()
        .readUIntBE(0, 6);
const setOf = (orders: readonly Order[]): number =>
  orders.reduce((sum, one) => (sum + digestOf(one)) % SET_BITS, 0);

/** The exchange's own list of executions, and which orders were open after each of them. */
export class Ledger {
  /** Ids, oldest first. */
  readonly ids: readonly string[];
  readonly #places: ReadonlyMap<string, number>;
  /** At `k`: the set of open orders after `k` executions. */
  readonly #open: readonly number[];

  constructor({ executions }: ExchangeState) {
    this.ids = executions.map(({ id }) => id);
    this.#places = new Map(this.ids.map((id, place) => [id, place]));
    const digests = new Map<string, number>();
    const open = [0];
    for (const { order } of executions) {
      const digest = digestOf(order);
      const change = digest - (digests.get(order.id) ?? 0);
      digests.set(order.id, digest);
      open.push(((open.at(-1) ?? 0) + change + SET_BITS) % SET_BITS);
    }
    this.#open = open;
  }

  get length(): number {
    return this.ids.length;
  }

  /** How many executions came before this one; undefined for one that the exchange does not know. */
  before(id: string): number | undefined {
    return this.#places.get(id);
  }

  /** Whether exactly these orders were open after so many executions. */
  wereOpen(orders: readonly Order[], after: number): boolean {
    return this.#open[after] === setOf(orders);
  }

  /** The first place from `from` on after which exactly these orders were open. */
  whenOpen(orders: readonly Order[], from: number): number | undefined {
    const place = this.#open.indexOf(setOf(orders), from);
    return place < 0 ? undefined : place;
  }
}
