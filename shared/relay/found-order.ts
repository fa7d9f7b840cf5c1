import * as z from 'zod';

/** What of an order tells what became of a command. Absent means the enum's zero. */
export const foundOrder = z.looseObject({
  id: z.string(),
  clord_id: z.string().optional(),
  state: z.string().optional(),
});

export type FoundOrder = z.infer<typeof foundOrder>;

/** One order of a request, as far as its outcome can be found out by it. */
export interface OrderRef {
  /** The caller's, or the one that was made for it. None of a cancel. */
  readonly clordId?: string;
  /** Of a cancel or a replacement. */
  readonly orderId?: string;
}
