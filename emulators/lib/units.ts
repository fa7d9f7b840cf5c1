/** Fixed-point amounts: micro-USD and micro-shares, six decimals, as the exchange contracts count. */
export type Micro = bigint;

/** One dollar, one share, or a price of 1. */
export const ONE: Micro = 1_000_000n;

const DECIMALS = 6;

/** Parses a plain decimal of at most six places; anything else is undefined, never a rounded guess. */
export function parseMicro(text: string): Micro | undefined {
  const match = /^(\d{1,15})(?:\.(\d{1,6}))?$/.exec(text);
  if (match === null) return undefined;
  const whole = match[1] ?? '0';
  const fraction = (match[2] ?? '').padEnd(DECIMALS, '0');
  return BigInt(whole) * ONE + BigInt(fraction);
}

/** The venue prints amounts without trailing zeros: `0.5`, `100`, `14.925372`. */
export function formatMicro(amount: Micro): string {
  const negative = amount < 0n;
  const digits = (negative ? -amount : amount).toString().padStart(DECIMALS + 1, '0');
  const whole = digits.slice(0, -DECIMALS);
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return negative ? `-${text}` : text;
}

/** For wire fields that are JSON numbers; display only, no sum is ever taken on the result. */
export function microToNumber(amount: Micro): number {
  return Number(formatMicro(amount));
}

export function mulFloor(a: Micro, b: Micro): Micro {
  return (a * b) / ONE;
}

export function mulCeil(a: Micro, b: Micro): Micro {
  return (a * b + ONE - 1n) / ONE;
}

export function minMicro(a: Micro, b: Micro): Micro {
  return a < b ? a : b;
}
