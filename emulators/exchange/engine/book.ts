import type { InstrumentBook, OrderRecord, Side } from './types.ts';

export function opposite(side: Side): Side {
  return side === 'SIDE_BUY' ? 'SIDE_SELL' : 'SIDE_BUY';
}

/** Resting orders of a side, best first. */
export function restingOf(book: InstrumentBook, side: Side): OrderRecord[] {
  return side === 'SIDE_BUY' ? book.bids : book.offers;
}

/** True when an order of `side` that is limited to `limit` may trade at a resting price. */
export function reaches(side: Side, limit: bigint, resting: bigint): boolean {
  return side === 'SIDE_BUY' ? resting <= limit : resting >= limit;
}

/** The price an order rests at. Orders without one never rest. */
export function priceOf(order: OrderRecord): bigint {
  return order.limits.price ?? 0n;
}

export function rest(book: InstrumentBook, order: OrderRecord): void {
  const entries = restingOf(book, order.terms.side);
  const at = entries.findIndex((other) => isAhead(order, other));
  if (at === -1) entries.push(order);
  else entries.splice(at, 0, order);
}

function isAhead(order: OrderRecord, other: OrderRecord): boolean {
  const [price, otherPrice] = [priceOf(order), priceOf(other)];
  if (price === otherPrice) return order.priority < other.priority;
  return order.terms.side === 'SIDE_BUY' ? price > otherPrice : price < otherPrice;
}

/** Takes an order out of the book or from among the waiting stops. */
export function unrest(book: InstrumentBook, order: OrderRecord): void {
  const entries = order.waiting ? book.stops : restingOf(book, order.terms.side);
  const at = entries.indexOf(order);
  if (at !== -1) entries.splice(at, 1);
}

/** Takes the market maker's orders away, silently. */
export function removeSynthetic(book: InstrumentBook): void {
  for (const entries of [book.bids, book.offers]) {
    const kept = entries.filter(({ owner }) => !owner.synthetic);
    entries.splice(0, entries.length, ...kept);
  }
}

export interface Level {
  readonly px: bigint;
  readonly qty: bigint;
}

/** At most `depth` levels, best first; one per order where they are not aggregated. */
export function levelsOf(
  entries: readonly OrderRecord[],
  depth: number,
  unaggregated: boolean,
): readonly Level[] {
  const levels: { px: bigint; qty: bigint }[] = [];
  for (const order of entries) {
    const last = levels.at(-1);
    if (!unaggregated && last !== undefined && last.px === priceOf(order)) last.qty += order.leavesQty;
    else if (levels.length === depth) break;
    else levels.push({ px: priceOf(order), qty: order.leavesQty });
  }
  return levels;
}
