import type { Message } from '../upstream/channel.ts';
import { ExchangeStream, type StreamHost } from '../upstream/exchange-stream.ts';

export interface ShareListener {
  book(symbol: string, message: Message): void;
  heartbeat(share: MarketShare): void;
  live(share: MarketShare): void;
  down(share: MarketShare, reason: string): void;
  /** The exchange will not have one of these symbols. The share goes on without them, if it has others. */
  refused(share: MarketShare, symbols: readonly string[], code: number, message: string): void;
}

/** Up to a thousand symbols over one upstream stream; over two while it is being replaced. */
export class MarketShare {
  #symbols: ReadonlySet<string> = new Set();
  /** Those that the current stream was opened with. */
  #followed: ReadonlySet<string> = new Set();
  readonly #host: StreamHost;
  readonly #depth: number | undefined;
  readonly #listener: ShareListener;
  readonly #mayOpen: () => boolean;
  #current: ExchangeStream | undefined;
  #next: ExchangeStream | undefined;
  /** By symbol, with what the exchange said of it earlier and does not repeat. */
  readonly #books = new Map<string, Message>();

  constructor(host: StreamHost, depth: number | undefined, listener: ShareListener, mayOpen: () => boolean) {
    this.#host = host;
    this.#depth = depth;
    this.#listener = listener;
    this.#mayOpen = mayOpen;
  }

  get symbols(): ReadonlySet<string> {
    return this.#symbols;
  }

  get streams(): number {
    return (this.#current === undefined ? 0 : 1) + (this.#next === undefined ? 0 : 1);
  }

  get isLive(): boolean {
    return this.#current?.isLive ?? false;
  }

  book(symbol: string): Message | undefined {
    return this.isLive ? this.#books.get(symbol) : undefined;
  }

  /** Asks for these symbols from now on. Where no second stream may be opened, the first ends before. */
  change(symbols: readonly string[]): void {
    this.#symbols = new Set(symbols);
    for (const symbol of this.#books.keys()) if (!this.#symbols.has(symbol)) this.#books.delete(symbol);
    this.#next?.close();
    this.#next = undefined;
    if (this.#current !== undefined && !(this.#current.isLive && this.#mayOpen())) {
      this.#current.close();
      this.#current = undefined;
      this.#listener.down(this, 'opening again with another symbol');
    }
    const stream = this.#open();
    if (this.#current === undefined) this.#take(stream);
    else this.#next = stream;
    stream.start();
  }

  renew(): void {
    this.#current?.renew();
    this.#next?.renew();
  }

  close(): void {
    this.#current?.close();
    this.#next?.close();
    this.#current = undefined;
    this.#next = undefined;
  }

  #take(stream: ExchangeStream): void {
    this.#current = stream;
    this.#followed = this.#symbols;
  }

  #open(): ExchangeStream {
    const symbols = [...this.#symbols];
    const stream: ExchangeStream = new ExchangeStream('market_data', this.#host, {
      request: () => ({ symbols, ...(this.#depth === undefined ? {} : { depth: this.#depth }) }),
      message: (message) => this.#receive(message),
      live: () => {
        if (stream === this.#next) {
          this.#current?.close();
          this.#next = undefined;
          this.#take(stream);
        }
        this.#listener.live(this);
      },
      down: (reason) => {
        if (stream === this.#current) this.#listener.down(this, reason);
      },
      refused: (code, message) => this.#refused(stream, code, message),
    });
    return stream;
  }

  #refused(stream: ExchangeStream, code: number, message: string): void {
    const isNext = stream === this.#next;
    const symbols = [...this.#symbols].filter((symbol) => !isNext || !this.#followed.has(symbol));
    if (isNext) this.#next = undefined;
    else this.close();
    this.#symbols = isNext ? this.#followed : new Set();
    this.#listener.refused(this, symbols, code, message);
  }

  #receive(message: Message): void {
    const update = message['update'] as Message | null | undefined; // a oneof: absent for a heartbeat
    const symbol = update?.['symbol'];
    if (update === undefined || update === null || typeof symbol !== 'string') {
      this.#listener.heartbeat(this);
      return;
    }
    if (!this.#symbols.has(symbol)) return;
    const before = this.#books.get(symbol)?.['update'] as Message | undefined; // put there below
    const { state = before?.['state'], stats = before?.['stats'] } = update;
    const book = { ...message, update: { ...update, ...defined({ state, stats }) } };
    this.#books.set(symbol, book);
    this.#listener.book(symbol, book);
  }
}

const defined = (values: Readonly<Record<string, unknown>>): Message =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
