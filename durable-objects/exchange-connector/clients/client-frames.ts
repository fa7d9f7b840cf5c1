import * as z from 'zod';

/** Longest frame of a client, in characters. */
const MAX_FRAME = 16 * 1024;
/** An attachment has room for so many names of the longest. */
export const MAX_BOOKS = 100;

const symbol = z.string().regex(/^[\w:./-]{1,128}$/);
const symbols = z.array(symbol).max(MAX_BOOKS).optional();
const stream = z.enum(['market_data', 'orders', 'positions']);
const frame = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('subscribe'), stream, symbols, after: z.int().min(0).optional() }),
  z.strictObject({ op: z.literal('unsubscribe'), stream, symbols }),
  z.strictObject({ op: z.literal('ping') }),
  /** What a heartbeat asked for: everything before it has been read. */
  z.strictObject({ op: z.literal('echo'), echo: z.string().max(64) }),
]);
export type ClientFrame = z.infer<typeof frame>;
export type Subscribe = Extract<ClientFrame, { readonly op: 'subscribe' }>;

/** What a client sent; undefined when it is not a frame of this channel. */
export function readFrame(message: string | ArrayBuffer): ClientFrame | undefined {
  if (typeof message !== 'string' || message.length > MAX_FRAME) return undefined;
  try {
    return frame.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}

/** Survives hibernation with the socket. `orders`: of these symbols, or all. */
export const attachment = z.object({
  id: z.string(),
  gate: z.string(),
  orders: z.union([z.literal(true), z.array(z.string())]).optional(),
  positions: z.union([z.literal(true), z.array(z.string())]).optional(),
  books: z.array(z.string()),
  /** Bytes, in steps of a megabyte: `Client` counts exactly. */
  unread: z.number().optional(),
});
export type Attachment = z.infer<typeof attachment>;
