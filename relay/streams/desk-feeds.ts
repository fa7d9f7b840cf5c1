import { status } from '@grpc/grpc-js';
import type { StreamHost } from '../upstream/exchange-stream.ts';
import type { DeskStream } from './desk-stream.ts';
import { MarketPool, type BookReader } from './market-pool.ts';
import { dropCopyFeed, snapshotFeed, type Feed } from './dedicated-feeds.ts';

/** docs.polymarket.us/streaming-endpoints/streaming-best-practices: of a firm, all kinds together. */
const MAX_UPSTREAM = 20;

/** Everything that one desk has open at the exchange. */
export class DeskFeeds {
  readonly #host: StreamHost;
  readonly #now: () => number;
  readonly #solo = new Map<DeskStream, Feed>();
  /** By depth. */
  readonly #pools = new Map<number | undefined, MarketPool>();
  readonly #readers = new Map<DeskStream, BookReader>();

  constructor(host: StreamHost, now: () => number) {
    this.#host = host;
    this.#now = now;
  }

  /** Upstream streams that are open or being opened. */
  get count(): number {
    return this.#solo.size + [...this.#pools.values()].reduce((sum, pool) => sum + pool.streams, 0);
  }

  /** Streams that wait at the exchange because their reader is behind. */
  get pausedCount(): number {
    return [...this.#solo.values()].filter(({ stream }) => stream.isPaused).length;
  }

  /** Follows the exchange for a stream that is followed for the first time. */
  open(stream: DeskStream): void {
    if (stream.kind === 'market_data') {
      this.#openBook(stream);
      return;
    }
    if (!this.#mayOpen()) {
      stream.end(status.RESOURCE_EXHAUSTED, 'the desk has as many streams as a firm may have');
      return;
    }
    const feed =
      stream.kind === 'drop_copy'
        ? dropCopyFeed(stream, this.#host, this.#now)
        : snapshotFeed(stream, stream.kind, this.#host);
    this.#solo.set(stream, feed);
    feed.restart();
  }

  /** The same for one that is followed already: a snapshot is wanted. */
  restart(stream: DeskStream): void {
    if (stream.kind !== 'market_data') {
      this.#solo.get(stream)?.restart();
      return;
    }
    const [symbol = ''] = stream.params.symbols ?? [];
    // The next one comes by itself, or the stream is down and begins with one.
    const book = this.#pools.get(stream.params.depth)?.book(symbol);
    if (book !== undefined) stream.tell('update', book);
  }

  pause(stream: DeskStream): void {
    this.#solo.get(stream)?.stream.pause();
  }

  resume(stream: DeskStream): void {
    this.#solo.get(stream)?.stream.resume();
  }

  isPaused(stream: DeskStream): boolean {
    return this.#solo.get(stream)?.stream.isPaused ?? false;
  }

  close(stream: DeskStream): void {
    this.#solo.get(stream)?.close();
    this.#solo.delete(stream);
    const reader = this.#readers.get(stream);
    if (reader === undefined) return;
    this.#readers.delete(stream);
    const pool = this.#pools.get(stream.params.depth);
    pool?.remove(stream.params.symbols?.[0] ?? '', reader);
    if (pool?.isEmpty === true) {
      pool.close();
      this.#pools.delete(stream.params.depth);
    }
  }

  /** A new credential is here. */
  renew(): void {
    for (const feed of this.#solo.values()) feed.renew();
    for (const pool of this.#pools.values()) pool.renew();
  }

  closeAll(): void {
    for (const feed of this.#solo.values()) feed.close();
    for (const pool of this.#pools.values()) pool.close();
    this.#solo.clear();
    this.#pools.clear();
    this.#readers.clear();
  }

  #mayOpen(): boolean {
    return this.count < MAX_UPSTREAM;
  }

  #openBook(stream: DeskStream): void {
    const { symbols = [], depth } = stream.params;
    const [symbol] = symbols;
    if (symbol === undefined || symbols.length !== 1) {
      stream.end(status.INVALID_ARGUMENT, 'market_data has exactly one symbol');
      return;
    }
    const pool = this.#pools.get(depth) ?? new MarketPool(this.#host, depth, () => this.#mayOpen());
    this.#pools.set(depth, pool);
    const reader: BookReader = {
      book: (message) => stream.tell('update', message),
      heartbeat: () => stream.tell('heartbeat', {}),
      live: () => stream.live(),
      down: (reason) => stream.down(reason, true),
      refused: (code, message) => stream.end(code, message),
    };
    this.#readers.set(stream, reader);
    const book = pool.add(symbol, reader);
    if (book !== undefined) reader.book(book);
    if (pool.isLive(symbol)) stream.live();
  }
}
