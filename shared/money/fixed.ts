/**
 * The one type for money, prices and sizes: a whole number of millionths (micro-dollars, micro-shares,
 * price × 10⁶) in a bigint. No floating point ever touches an amount.
 */
declare const micro: unique symbol;
export type Micro = bigint & { readonly [micro]: true };

/** Millionths in one unit. */
export const SCALE = 1_000_000n;
/** Decimals that a Micro can hold. */
const DECIMALS = 6;
/**
 * Largest amount the system accepts from outside, in whole units. SQLite columns come back as JS numbers,
 * exact up to 2^53 ≈ 9.0 × 10^15 micro; 10^9 units leaves room for nine such amounts in one sum.
 */
export const MAX_UNITS = 1_000_000_000n;

/** Marks a whole number of millionths as an amount. */
export const asMicro = (value: bigint): Micro => value as Micro;
export const ZERO = asMicro(0n);
/** One whole dollar or share. */
export const ONE = asMicro(SCALE);

export const add = (a: Micro, b: Micro): Micro => asMicro(a + b);
export const sub = (a: Micro, b: Micro): Micro => asMicro(a - b);
export const min = (a: Micro, b: Micro): Micro => (a < b ? a : b);
export const max = (a: Micro, b: Micro): Micro => (a > b ? a : b);

/** For sorting: below zero when `a` comes first. */
export const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

const DECIMAL = /^(\d{1,16})(?:\.(\d{1,18}))?$/;

/**
 * Reads a plain non-negative decimal ("0.53", "12"). Returns undefined for anything else: signs, exponents,
 * spaces, NaN, more than six significant decimals, or more than MAX_UNITS.
 */
export function parseMicro(text: string): Micro | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, whole = '0', fraction = ''] = match;
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > DECIMALS) return undefined;
  const value = BigInt(whole) * SCALE + BigInt(significant.padEnd(DECIMALS, '0'));
  return value > MAX_UNITS * SCALE ? undefined : asMicro(value);
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** Writes an amount as a plain decimal with at least `minDecimals` and no needless zeros beyond them. */
export function formatMicro(value: Micro, minDecimals = 0): string {
  const magnitude = absolute(value);
  const whole = magnitude / SCALE;
  const digits = (magnitude % SCALE).toString().padStart(DECIMALS, '0');
  let end = DECIMALS;
  while (end > minDecimals && digits[end - 1] === '0') end -= 1;
  const sign = value < 0n ? '-' : '';
  return end === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(0, end)}`;
}

/** Writes an amount with exactly `decimals` (0-6), rounded half away from zero. */
export function formatFixed(value: Micro, decimals: number): string {
  const unit = 10n ** BigInt(DECIMALS - decimals);
  const magnitude = absolute(value);
  const rounded = asMicro(((magnitude + unit / 2n) / unit) * unit);
  const text = formatMicro(rounded, decimals);
  return value < 0n && rounded > 0n ? `-${text}` : text;
}

/** How a product or quotient that falls between two millionths is rounded. */
export type Rounding = 'floor' | 'ceil' | 'half-up';

/** a × b ÷ c on non-negative amounts, rounded as said. Throws RangeError when c is not positive. */
export function mulDiv(a: bigint, b: bigint, c: bigint, rounding: Rounding): bigint {
  if (c <= 0n) throw new RangeError('mulDiv: divisor must be positive');
  const product = a * b;
  const quotient = product / c;
  const remainder = product % c;
  if (remainder === 0n) return quotient;
  switch (rounding) {
    case 'floor':
      return quotient;
    case 'ceil':
      return quotient + 1n;
    case 'half-up':
      return remainder * 2n >= c ? quotient + 1n : quotient;
  }
}

/** shares × price in micro-dollars. */
export const notional = (shares: Micro, price: Micro, rounding: Rounding): Micro =>
  asMicro(mulDiv(shares, price, SCALE, rounding));

/** Rounds a non-negative amount to a multiple of `unit` micro (10,000 = one cent). */
export const roundTo = (value: Micro, unit: bigint, rounding: Rounding): Micro =>
  asMicro(mulDiv(value, 1n, unit, rounding) * unit);

/** For a SQLite column. Throws RangeError outside the exactly representable range: never silently rounds. */
export function toSql(value: Micro): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError('amount is outside the exact range');
  return number;
}

/** From a SQLite column that `toSql` wrote. Throws RangeError on anything but a whole number. */
export function fromSql(value: unknown): Micro {
  if (typeof value !== 'number' || !Number.isSafeInteger(value))
    throw new RangeError('column is not an amount');
  return asMicro(BigInt(value));
}
