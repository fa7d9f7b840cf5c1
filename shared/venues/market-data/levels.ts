import { asMicro, compare, SCALE, type Micro } from '../../money/fixed.ts';
import type { Level, Side } from '../port.ts';

/** Two shares of a binary market, one of each outcome, pay one dollar. */
export const complement = (price: Micro): Micro => asMicro(SCALE - price);

export interface Sides {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** Best level first on both sides, whatever order the venue has; levels without a size are none. */
export const bestFirst = ({ bids, asks }: Sides): Sides => ({
  bids: filled(bids).toSorted((a, b) => compare(b.price, a.price)),
  asks: filled(asks).toSorted((a, b) => compare(a.price, b.price)),
});

const filled = (levels: readonly Level[]): readonly Level[] => levels.filter(({ size }) => size > 0n);

/** A binary market's one book as its other outcome sees it: who bids YES at p asks NO at 1 − p. */
export const mirrored = ({ bids, asks }: Sides): Sides => ({
  bids: asks.map(inverted),
  asks: bids.map(inverted),
});

const inverted = ({ price, size }: Level): Level => ({ price: complement(price), size });

export interface Deal {
  readonly side: Side;
  readonly price: Micro;
}

/** A trade of one outcome as the other outcome sees it. */
export const counterpart = ({ side, price }: Deal): Deal => ({
  side: side === 'BUY' ? 'SELL' : 'BUY',
  price: complement(price),
});
