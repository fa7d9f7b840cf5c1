import * as z from 'zod';
import { asMicro, SCALE, type Micro } from '../../money/fixed.ts';

/** Decimals of a Micro. */
const MICRO_DECIMALS = 6;
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

/** A price of a share: a decimal from 0 to 1. */
export const sharePrice = decimal.refine((price) => price >= 0n && price <= SCALE, 'a price from 0 to 1');

/** A size: a decimal that is not negative. */
export const quantity = decimal.refine((size) => size >= 0n, 'no negative size');

/** Digits of a number of base units: 78 hold any uint256. */
const DIGITS = /^\d{1,78}$/;

/**
 * A whole number of base units of which one unit has `decimals` (6 for USDC, 18 for what BNB Chain calls USDT), as
 * text or as a JSON number: what lies below a millionth is cut off.
 */
export const baseUnits = (decimals: number) =>
  z.union([z.string().regex(DIGITS), z.number().int().nonnegative()]).transform((value): Micro => {
    const units = BigInt(value);
    return asMicro(
      decimals >= MICRO_DECIMALS
        ? units / 10n ** BigInt(decimals - MICRO_DECIMALS)
        : units * 10n ** BigInt(MICRO_DECIMALS - decimals),
    );
  });
