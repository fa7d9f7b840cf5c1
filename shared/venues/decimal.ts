import * as z from 'zod';
import { asMicro, type Micro } from '../money/fixed.ts';

const DECIMAL = /^(-?)(\d{1,18})(?:\.(\d*))?$/;

/**
 * A decimal that a venue sent, as text or as a JSON number: digits beyond the sixth are cut off. Larger than what
 * callers may send, because volumes are; undefined when it is no plain decimal.
 */
export function venueDecimal(value: string | number): Micro | undefined {
  // toFixed turns a float's noise (0.30000000000000004) and its exponents into the decimal that was meant.
  const match = DECIMAL.exec(typeof value === 'number' ? value.toFixed(6) : value);
  if (!match) return undefined;
  const [, sign, whole = '0', fraction = ''] = match;
  const micro = BigInt(`${whole}${fraction.slice(0, 6).padEnd(6, '0')}`);
  return asMicro(sign === '-' ? -micro : micro);
}

/** The same as a part of a schema. */
export const decimal = z.union([z.string(), z.number()]).transform((value, context): Micro => {
  const micro = venueDecimal(value);
  if (micro !== undefined) return micro;
  context.addIssue({ code: 'custom', message: 'a decimal' });
  return z.NEVER;
});
