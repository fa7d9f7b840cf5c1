import * as z from 'zod';
import { parseMicro, type Micro } from '../../../../shared/money/fixed.ts';

/** An amount in a query: a plain decimal, never through a floating-point number. */
export const microQuery = z
  .string()
  .max(32)
  .transform((text, context): Micro => {
    const micro = parseMicro(text);
    if (micro !== undefined) return micro;
    context.addIssue({ code: 'custom', message: 'must be a decimal with at most 6 decimals' });
    return z.NEVER;
  });
