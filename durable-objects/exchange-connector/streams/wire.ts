import * as z from 'zod';

/** Messages of the exchange's streams, as far as the copy is made of them; the rest passes through untouched. */
export const order = z.looseObject({
  id: z.string(),
  clord_id: z.string().optional(),
  symbol: z.string().optional(),
  account: z.string().optional(),
  /** Absent is the enum's zero, NEW. */
  state: z.string().optional(),
});
export type Order = z.infer<typeof order>;

export const execution = z.looseObject({
  id: z.string(),
  order: order.optional(),
  text: z.string().optional(),
  transact_time: z.string().optional(),
});
export type Execution = z.infer<typeof execution>;

export const position = z.looseObject({ account: z.string(), symbol: z.string() });
export type Position = z.infer<typeof position>;

export const orderItem = z.looseObject({
  snapshot: z.looseObject({ orders: z.array(order).default([]) }).optional(),
  update: z
    .looseObject({ executions: z.array(execution).default([]), cancel_reject: z.looseObject({}).optional() })
    .optional(),
});
const positions = z.looseObject({ positions: z.array(position).default([]) });
export const positionItem = z.looseObject({ snapshot: positions.optional(), update: positions.optional() });
export const bookItem = z.looseObject({ update: z.looseObject({ symbol: z.string() }).optional() });

export const executionPage = z.object({
  executions: z.array(execution).default([]),
  next_page_token: z.string().default(''),
});

/** States in which an order can do nothing more. */
const ended = new Set([
  'ORDER_STATE_FILLED',
  'ORDER_STATE_CANCELED',
  'ORDER_STATE_REJECTED',
  'ORDER_STATE_EXPIRED',
]);
export const isOpen = ({ state }: Order): boolean => !ended.has(state ?? 'ORDER_STATE_NEW');

/** Streams of a desk, by the names under which the relay has them; a market's is `md:<symbol>`. */
export const ORDERS = 'orders';
export const POSITIONS = 'positions';
const BOOKS = 'md:';
export const bookStream = (symbol: string): string => `${BOOKS}${symbol}`;
export const symbolOf = (stream: string): string | undefined =>
  stream.startsWith(BOOKS) ? stream.slice(BOOKS.length) : undefined;

/** What clients of the streams are told. `seq` is the connector's own: dense per stream, whatever the relay does. */
export interface ClientEvent {
  readonly stream: string;
  readonly seq: number;
  /** RFC 3339. */
  readonly at: string;
  readonly type: 'snapshot' | 'update' | 'gap' | 'heartbeat';
  readonly body: Readonly<Record<string, unknown>>;
}
