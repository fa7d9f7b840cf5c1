import * as z from 'zod';

export const clobReply = z.object({
  success: z.boolean(),
  orderID: z.string(),
  status: z.enum(['matched', 'live', 'unmatched']),
  transactID: z.string(),
  errorMsg: z.string(),
  price: z.string(),
  size: z.string(),
  side: z.enum(['BUY', 'SELL']),
  takingAmount: z.string(),
  makingAmount: z.string(),
});
