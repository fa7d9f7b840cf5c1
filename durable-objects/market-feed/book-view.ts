import { ZERO, type Micro } from '../../shared/money/fixed.ts';
import type { Level } from '../../shared/venues/port.ts';

/** A book of one outcome, best level first on both sides. */
export interface Sides {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** The size that stands at a price now; 0 when none does, or none within the depth. */
export interface LevelChange {
  readonly side: 'bid' | 'ask';
  readonly price: Micro;
  readonly size: Micro;
}

/**
 * The best levels of a book as the followers of one view know them. A level that enters or leaves the depth is a
 * change like any other, so whoever applies all changes has exactly the best levels.
 */
export class BookView {
  readonly #depth: number;
  #known: Sides | undefined;
  #seq = 0;

  constructor(depth: number) {
    this.#depth = depth;
  }

  /** What followers know; undefined while nothing has been told. */
  get known(): Sides | undefined {
    return this.#known;
  }

  /** Number of the last frame; each frame has the next one. */
  get seq(): number {
    return this.#seq;
  }

  /** Begins anew with this book: followers get it whole, under a number of its own. */
  restart(sides: Sides): void {
    this.#known = this.#cut(sides);
    this.#seq += 1;
  }

  /** Moves on to this book and returns what changed. The number is the caller's to take, by `next`. */
  advance(sides: Sides): readonly LevelChange[] {
    const before = this.#known ?? { bids: [], asks: [] };
    const after = this.#cut(sides);
    this.#known = after;
    return [...changesOf('bid', before.bids, after.bids), ...changesOf('ask', before.asks, after.asks)];
  }

  /** The number of a frame that is about to be sent. */
  next(): number {
    this.#seq += 1;
    return this.#seq;
  }

  #cut({ bids, asks }: Sides): Sides {
    return { bids: bids.slice(0, this.#depth), asks: asks.slice(0, this.#depth) };
  }
}

function changesOf(
  side: LevelChange['side'],
  before: readonly Level[],
  after: readonly Level[],
): readonly LevelChange[] {
  const sizes = new Map(before.map(({ price, size }) => [price, size]));
  const changes: LevelChange[] = [];
  for (const { price, size } of after) {
    if (sizes.get(price) !== size) changes.push({ side, price, size });
    sizes.delete(price);
  }
  for (const price of sizes.keys()) changes.push({ side, price, size: ZERO });
  return changes;
}
