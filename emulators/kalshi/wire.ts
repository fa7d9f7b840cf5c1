import { ONE, parseMicro, type Micro } from '../lib/units.ts';

/** Contracts come in hundredths. */
export const COUNT_STEP: Micro = ONE / 100n;

/** Micro-USD in a cent. */
const CENT: Micro = ONE / 100n;

/** Dollars as the venue prints them: four decimals, six where four would lose something. */
export function dollars(amount: Micro): string {
  return fixed(amount, amount % 100n === 0n ? 4 : 6);
}

/** Dollars with six decimals: what fees of fills are printed with. */
export function dollars6(amount: Micro): string {
  return fixed(amount, 6);
}

/** Contracts, always two decimals. */
export function contracts(amount: Micro): string {
  return fixed(amount, 2);
}

/** Whole cents, truncated as the venue's balance is. */
export function cents(amount: Micro): number {
  return Number(amount / CENT);
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** A count with at most two decimals. */
export function parseCount(text: string): Micro | undefined {
  const count = parseMicro(text);
  return count === undefined || count % COUNT_STEP !== 0n ? undefined : count;
}

/** @param amount micro-units; digits beyond `decimals` are cut off. */
function fixed(amount: Micro, decimals: number): string {
  const negative = amount < 0n;
  const digits = (negative ? -amount : amount).toString().padStart(7, '0');
  const text = `${digits.slice(0, -6)}.${digits.slice(-6).slice(0, decimals)}`;
  return negative ? `-${text}` : text;
}
