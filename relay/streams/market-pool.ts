import { status } from '@grpc/grpc-js';
import type { Message } from '../upstream/channel.ts';
import type { StreamHost } from '../upstream/exchange-stream.ts';
import { MarketShare, type ShareListener } from './market-share.ts';

/** One symbol's reader. */
export interface BookReader {
  book(message: Message): void;
  heartbeat(): void;
  live(): void;
  down(reason: string): void;
  refused(code: number, message: string): void;
}

/** docs.polymarket.us/streaming-endpoints/streaming-best-practices. */
const MAX_SYMBOLS = 1000;
/** So many streams are opened beside each other before symbols are added to those that there are. */
const SPREAD = 4;
/** Symbols that are asked for one by one are opened together. */
const GATHER_MS = 20;

/** Of the desk: whether one more upstream stream may be opened. */
export type Allowance = () => boolean;

/**
 * The books of one desk to one depth: many symbols share few upstream streams. A symbol joins a stream by opening it
 * anew with one more; the old one goes on until the new one speaks, so that no book is missed.
 */
export class MarketPool {
  readonly #host: StreamHost;
  readonly #depth: number | undefined;
  readonly #mayOpen: Allowance;
  readonly #shares = new Set<MarketShare>();
  readonly #readers = new Map<string, Set<BookReader>>();
  /** Symbols without a share yet. */
  readonly #waiting = new Set<string>();
  #gathering: NodeJS.Timeout | undefined;

  constructor(host: StreamHost, depth: number | undefined, mayOpen: Allowance) {
    this.#host = host;
    this.#depth = depth;
    this.#mayOpen = mayOpen;
  }

  get streams(): number {
    return [...this.#shares].reduce((sum, share) => sum + share.streams, 0);
  }

  get isEmpty(): boolean {
    return this.#readers.size === 0;
  }

  /** @returns the book as it is now, where the symbol is already followed. */
  add(symbol: string, reader: BookReader): Message | undefined {
    const readers = this.#readers.get(symbol);
    if (readers !== undefined) {
      readers.add(reader);
      return this.book(symbol);
    }
    this.#readers.set(symbol, new Set([reader]));
    const share = this.#shareOf(symbol);
    if (share !== undefined) return share.book(symbol);
    this.#await(symbol);
    return undefined;
  }

  /** The newest book, while its stream is up. */
  book(symbol: string): Message | undefined {
    return this.#shareOf(symbol)?.book(symbol);
  }

  isLive(symbol: string): boolean {
    return this.#shareOf(symbol)?.isLive ?? false;
  }

  remove(symbol: string, reader: BookReader): void {
    const readers = this.#readers.get(symbol);
    if (readers === undefined || !readers.delete(reader) || readers.size > 0) return;
    this.#readers.delete(symbol);
    this.#waiting.delete(symbol);
    const share = this.#shareOf(symbol);
    // Its stream goes on with it until it is opened anew, or nobody wants any of its symbols.
    if (share === undefined || [...share.symbols].some((one) => this.#readers.has(one))) return;
    this.#end(share);
  }

  renew(): void {
    for (const share of this.#shares) share.renew();
  }

  close(): void {
    clearTimeout(this.#gathering);
    for (const share of this.#shares) share.close();
    this.#shares.clear();
    this.#readers.clear();
  }

  #await(symbol: string): void {
    this.#waiting.add(symbol);
    this.#gathering ??= setTimeout(() => this.#open(), GATHER_MS);
  }

  #shareOf(symbol: string): MarketShare | undefined {
    for (const share of this.#shares) if (share.symbols.has(symbol)) return share;
    return undefined;
  }

  #open(): void {
    this.#gathering = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    while (waiting.length > 0) {
      const share = this.#roomiest();
      if (share !== undefined && (this.#shares.size >= SPREAD || !this.#mayOpen())) {
        const wanted = [...share.symbols].filter((symbol) => this.#readers.has(symbol));
        const added = waiting.splice(0, MAX_SYMBOLS - wanted.length);
        share.change([...wanted, ...added]);
      } else if (this.#mayOpen()) {
        this.#begin(waiting.splice(0, MAX_SYMBOLS));
      } else {
        for (const symbol of waiting.splice(0))
          this.#refuse(symbol, status.RESOURCE_EXHAUSTED, 'the desk has as many streams as a firm may have');
      }
    }
  }

  #begin(first: readonly string[]): void {
    const listener: ShareListener = {
      book: (symbol, message) => this.#each(symbol, (reader) => reader.book(message)),
      heartbeat: (share) => this.#eachOf(share, (reader) => reader.heartbeat()),
      live: (share) => this.#eachOf(share, (reader) => reader.live()),
      down: (share, reason) => this.#eachOf(share, (reader) => reader.down(reason)),
      refused: (share, symbols, code, message) => this.#divide(share, symbols, code, message),
    };
    const share = new MarketShare(this.#host, this.#depth, listener, this.#mayOpen);
    this.#shares.add(share);
    share.change(first);
  }

  /** One that has room for another symbol, the emptiest first. */
  #roomiest(): MarketShare | undefined {
    return [...this.#shares]
      .filter(({ symbols }) => symbols.size < MAX_SYMBOLS)
      .sort((a, b) => a.symbols.size - b.symbols.size)[0];
  }

  /**
   * The exchange refuses a stream as a whole for one bad symbol. Its message may name it; otherwise the symbols are
   * tried in halves, until those that are refused stand alone.
   */
  #divide(share: MarketShare, refused: readonly string[], code: number, message: string): void {
    if (share.streams === 0) this.#end(share);
    const symbols = refused.filter((symbol) => this.#readers.has(symbol));
    const words = new Set(message.split(/[\s'",;:()]+/));
    const named = symbols.filter((symbol) => words.has(symbol));
    const bad = named.length > 0 ? named : symbols.length === 1 ? symbols : [];
    for (const symbol of bad) this.#refuse(symbol, code, message);
    const good = symbols.filter((symbol) => !bad.includes(symbol));
    if (bad.length > 0) {
      for (const symbol of good) this.#await(symbol);
      return;
    }
    const middle = Math.ceil(good.length / 2);
    for (const half of [good.slice(0, middle), good.slice(middle)]) {
      if (half.length > 0 && this.#mayOpen()) this.#begin(half);
      else
        for (const symbol of half)
          this.#refuse(symbol, status.RESOURCE_EXHAUSTED, 'no stream is left to find the bad symbol with');
    }
  }

  #end(share: MarketShare): void {
    share.close();
    this.#shares.delete(share);
  }

  #refuse(symbol: string, code: number, message: string): void {
    const readers = this.#readers.get(symbol);
    this.#readers.delete(symbol);
    for (const reader of readers ?? []) reader.refused(code, message);
  }

  #each(symbol: string, tell: (reader: BookReader) => void): void {
    for (const reader of this.#readers.get(symbol) ?? []) tell(reader);
  }

  #eachOf(share: MarketShare, tell: (reader: BookReader) => void): void {
    for (const symbol of share.symbols) this.#each(symbol, tell);
  }
}
