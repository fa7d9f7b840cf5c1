import * as z from 'zod';

/** What a client was told of its orders' stream, as far as it is judged. */
export type ReceivedEvent =
  /** A connection of a client that cannot say where it stood: what follows begins anew. */
  | { readonly kind: 'begin' }
  | { readonly kind: 'gap'; readonly seq: number | undefined }
  | {
      readonly kind: 'snapshot';
      readonly seq: number | undefined;
      readonly orders: readonly Order[];
      readonly executions: readonly string[];
    }
  | { readonly kind: 'update'; readonly seq: number | undefined; readonly executions: readonly string[] };

/** An order as streams and the exchange itself tell it; absent is zero. */
export const orderSchema = z.looseObject({
  id: z.string(),
  state: z.string().optional(),
  cum_qty: z.string().optional(),
  leaves_qty: z.string().optional(),
  price: z.string().optional(),
});
export type Order = z.infer<typeof orderSchema>;

const executions = z.array(z.object({ id: z.string() })).default([]);
const body = z.looseObject({
  executions,
  orders: z.array(orderSchema).default([]),
  positions: z.array(z.looseObject({ account: z.string(), symbol: z.string() })).default([]),
  bids: z.array(z.unknown()).default([]),
  offers: z.array(z.unknown()).default([]),
  transact_time: z.string().default(''),
  symbol: z.string().default(''),
});
export type EventBody = z.infer<typeof body>;

/** An event of the websocket, or a line made to look like one. */
export const eventSchema = z.object({
  stream: z.enum(['orders', 'positions', 'market_data']),
  type: z.enum(['snapshot', 'update', 'gap', 'heartbeat']),
  seq: z.int().optional(),
  body,
});
export type StreamEvent = z.infer<typeof eventSchema>;

/** Everything that one client heard over all its connections. */
export class ReceivedEvents {
  readonly orders: ReceivedEvent[] = [];
  /** Of numbered streams other than books: the last number. */
  readonly last = new Map<string, number>();
  /** Newest of each position, by symbol. */
  readonly positions = new Map<string, unknown>();
  /** Newest of each book, by symbol. */
  readonly books = new Map<string, EventBody>();
  /** What no client should ever hear. */
  readonly violations: string[] = [];
  gaps = 0;
  events = 0;
  bookEvents = 0;

  begin(): void {
    this.orders.push({ kind: 'begin' });
  }

  hear({ stream, type, seq, body: told }: StreamEvent): void {
    this.events += 1;
    if (type === 'heartbeat') return;
    if (stream === 'market_data') {
      this.#book(told);
      return;
    }
    const last = this.last.get(stream);
    // Those of orders are judged with what they tell.
    if (stream === 'positions' && seq !== undefined && last !== undefined && seq !== last + 1)
      this.violations.push(`positions: number ${seq} after ${last} (${type})`);
    if (seq !== undefined) this.last.set(stream, seq);
    if (type === 'gap') this.gaps += 1;
    if (stream === 'positions') {
      if (type === 'snapshot') this.positions.clear();
      for (const position of told.positions) this.positions.set(position.symbol, position);
      return;
    }
    const ids = told.executions.map(({ id }) => id);
    if (type === 'gap') this.orders.push({ kind: 'gap', seq });
    else if (type === 'update') this.orders.push({ kind: 'update', seq, executions: ids });
    else this.orders.push({ kind: 'snapshot', seq, orders: told.orders, executions: ids });
  }

  #book(book: EventBody): void {
    this.bookEvents += 1;
    const before = this.books.get(book.symbol);
    if (before && Date.parse(before.transact_time) > Date.parse(book.transact_time))
      this.violations.push(`${book.symbol} went back from ${before.transact_time} to ${book.transact_time}`);
    this.books.set(book.symbol, book);
  }
}
