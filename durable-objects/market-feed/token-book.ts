import { asMicro, compare, formatMicro, parseMicro, SCALE, type Micro } from '../../shared/money/fixed.ts';
import type { Level } from '../../shared/venues/port.ts';
import type { Sides } from './book-view.ts';
import type { BookEvent, PriceChangeEvent } from './venue-events.ts';

type Levels = Map<Micro, string>;

/** Best prices of a token; undefined where a side is empty. */
export interface Top {
  readonly bid: Micro | undefined;
  readonly ask: Micro | undefined;
}

/** The current book of one token: a whole book of the venue and every change since. */
export class TokenBook {
  #frame: BookEvent;
  #bids: Levels;
  #asks: Levels;

  constructor(event: BookEvent) {
    this.#frame = event;
    this.#bids = levelsOf(event.bids);
    this.#asks = levelsOf(event.asks);
  }

  /** One changed level: the size that stands there now, 0 when none does. */
  change(change: PriceChangeEvent['price_changes'][number], timestamp: string): void {
    const price = priceOf(change.price);
    if (price === undefined) return;
    const levels = change.side === 'BUY' ? this.#bids : this.#asks;
    if (Number(change.size) === 0) levels.delete(price);
    else levels.set(price, change.size);
    this.#frame = { ...this.#frame, timestamp, hash: change.hash ?? this.#frame.hash };
  }

  top(): Top {
    return { bid: sorted(this.#bids).at(-1)?.[0], ask: sorted(this.#asks)[0]?.[0] };
  }

  /** The same book as the venue's REST API would give it through the adapter: best level first, sizes in micro. */
  sides(): Sides {
    return { bids: inMicro(sorted(this.#bids).toReversed()), asks: inMicro(sorted(this.#asks)) };
  }

  get timestamp(): string {
    return this.#frame.timestamp;
  }

  /** The whole book as the venue would send it now: best level last on both sides. */
  event(): BookEvent {
    return {
      ...this.#frame,
      bids: sorted(this.#bids).map(toLevel),
      asks: sorted(this.#asks).toReversed().map(toLevel),
    };
  }
}

/** Prices come as "0.5" and as ".5". */
const priceOf = (text: string): Micro | undefined => parseMicro(text.startsWith('.') ? `0${text}` : text);

function levelsOf(wire: BookEvent['bids']): Levels {
  const levels: Levels = new Map();
  for (const { price, size } of wire) {
    const value = priceOf(price);
    if (value !== undefined && Number(size) > 0) levels.set(value, size);
  }
  return levels;
}

const sorted = (levels: Levels): [Micro, string][] => [...levels].sort(([a], [b]) => compare(a, b));

function inMicro(sizes: readonly [Micro, string][]): readonly Level[] {
  return sizes.flatMap(([price, text]) => {
    const size = parseMicro(text);
    return size !== undefined && price > 0n && price < SCALE ? [{ price, size }] : [];
  });
}

const toLevel = ([price, size]: [Micro, string]): BookEvent['bids'][number] => ({
  price: formatMicro(price),
  size,
});

/** Where a price frame has its numbers from. */
export interface Priced {
  readonly market: string;
  readonly token: string;
  readonly outcome: string;
  readonly top: Top;
  readonly timestamp: string;
}

/** One frame of `/v1/ws/prices` (docs/websockets.md). */
export function priceFrame({ market, token, outcome, top, timestamp }: Priced): string {
  const { bid, ask } = top;
  const mid = bid === undefined || ask === undefined ? undefined : asMicro((bid + ask) / 2n);
  return JSON.stringify({
    type: 'price',
    market_id: market,
    token_id: token,
    outcome,
    bid: bid === undefined ? null : formatMicro(bid),
    ask: ask === undefined ? null : formatMicro(ask),
    mid: mid === undefined ? null : formatMicro(mid),
    timestamp,
  });
}
