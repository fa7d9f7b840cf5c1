type Frame = Readonly<Record<string, unknown>>;
type Pair = readonly [number, number];

/** A book as a client of the router's websocket keeps it: whole books replace it, changes are absolute. */
export interface ReplayedBook {
  readonly bids: readonly Pair[];
  readonly asks: readonly Pair[];
  readonly feedState: unknown;
  readonly bookState: unknown;
}

interface Change {
  readonly side: 'bid' | 'ask';
  readonly price: number;
  readonly size: number;
}

/** Frames of one book that a socket has heard, oldest first. */
export const bookFrames = (
  socket: { readonly frames: () => readonly Frame[] },
  parsecId: string,
  outcome: string,
): readonly Frame[] =>
  socket
    .frames()
    .filter(({ type }) => type === 'orderbook' || type === 'orderbook_delta')
    .filter((frame) => frame['parsec_id'] === parsecId && frame['outcome'] === outcome);

/**
 * Plays all frames of a book. Throws where a number is left out or a level that is not there is removed, as a client
 * would have to ask for a resync.
 */
export function replay(frames: readonly Frame[]): ReplayedBook | undefined {
  let sides: { bid: Map<number, number>; ask: Map<number, number> } | undefined;
  let last = 0;
  for (const frame of frames) {
    const seq = Number(frame['server_seq']);
    if (frame['type'] === 'orderbook') {
      sides = { bid: new Map(frame['bids'] as Pair[]), ask: new Map(frame['asks'] as Pair[]) };
    } else {
      if (!sides) throw new Error('a change before the first book');
      if (seq !== last + 1) throw new Error(`${seq} after ${last}`);
      for (const change of frame['changes'] as Change[]) apply(sides[change.side], change);
    }
    last = seq;
  }
  const newest = frames.at(-1);
  if (!sides || !newest) return undefined;
  return {
    bids: [...sides.bid].toSorted(([a], [b]) => b - a),
    asks: [...sides.ask].toSorted(([a], [b]) => a - b),
    feedState: newest['feed_state'],
    bookState: newest['book_state'],
  };
}

function apply(levels: Map<number, number>, { price, size }: Change): void {
  if (size > 0) levels.set(price, size);
  else if (!levels.delete(price)) throw new Error(`no level ${price} to remove`);
}
