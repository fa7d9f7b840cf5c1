import * as z from 'zod';

/** What of an order tells what became of a command. Absent means the enum's zero. */
export const foundOrder = z.looseObject({
  id: z.string(),
  clord_id: z.string().optional(),
  state: z.string().optional(),
});

export type FoundOrder = z.infer<typeof foundOrder>;
