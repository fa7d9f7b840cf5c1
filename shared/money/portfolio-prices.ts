import type { Book } from '../venues/port.ts';
import { type Micro, asMicro } from './fixed.ts';

/** Whether every position has a price: at cost an equity looks like one that it never was. */
export const isPriced = ({
  positions,
}: {
  readonly positions: readonly { readonly value: Micro | null }[];
}): boolean => positions.every(({ value }) => value !== null);

/** What a share is worth by its book: the midpoint, else the best bid. */
export function priceIn({ bids: [bid], asks: [ask] }: Book): Micro | null {
  if (bid && ask) return asMicro((bid.price + ask.price) / 2n);
  return bid?.price ?? null;
}

const HOUR_MS = 3_600_000;

/** Hours since the epoch: one point of equity is kept for each. */
export const hourOf = (now: number): number => Math.floor(now / HOUR_MS);
