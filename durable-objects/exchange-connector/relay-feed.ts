import { now } from '../../shared/clock.ts';
import type { FromRelay } from '../../shared/relay/frames.ts';
import { self } from './asking.ts';
import type { DeskSession, Ready } from './desk-session.ts';
import type { RelaySession, SessionListener } from './relay-session.ts';
import { deskStreams, type Streams } from './streams.ts';
import { bookStream, symbolOf } from './wire.ts';

export interface FeedHost {
  readonly session: DeskSession;
  readonly streams: Streams;
  link(): RelaySession;
  /** Symbols whose books somebody follows. */
  books(): ReadonlySet<string>;
}

/** A question and its answer may cross: longer than the way to the relay, shorter than its patience. */
const CROSSING_MS = 2_000;

/** What one connection with the relay is used for: which streams are open on it, what they tell, and its token. */
export class RelayFeed implements SessionListener {
  readonly #host: FeedHost;
  /** Streams that the exchange serves just now. */
  readonly #live = new Set<string>();
  /** Books that are open at the relay. */
  readonly #openBooks = new Set<string>();
  #epoch = '';
  #credential: Ready | undefined;
  #handedAt = Number.NEGATIVE_INFINITY;

  constructor(host: FeedHost) {
    this.#host = host;
  }

  /** Whether the copy says of a stream what the exchange would. */
  isLive(stream: string): boolean {
    const { loaded, gapped } = this.#host.streams.cursor(stream);
    return this.#host.link().isUp && this.#live.has(stream) && loaded && !gapped;
  }

  up(epoch: string): void {
    this.#epoch = epoch;
    this.#credential = undefined;
    const { streams } = this.#host;
    for (const stream of deskStreams) this.#host.link().send(streams.open(stream));
    this.followBooks();
    void this.renew();
  }

  down(): void {
    this.#live.clear();
    this.#openBooks.clear();
  }

  async frame(frame: FromRelay): Promise<void> {
    const { streams } = this.#host;
    switch (frame.type) {
      case 'opened':
        streams.opened(frame, this.#epoch);
        return;
      case 'item':
        await streams.apply(frame);
        this.#host.link().send({ type: 'ack', stream: frame.stream, seq: frame.seq });
        return;
      case 'gap':
        streams.gap(frame);
        return;
      case 'state':
        if (frame.live) this.#live.add(frame.stream);
        else this.#live.delete(frame.stream);
        return;
      case 'close':
        this.#live.delete(frame.stream);
        this.#openBooks.delete(symbolOf(frame.stream) ?? '');
        return;
      case 'credential_wanted':
        // Not waited for: items go on meanwhile. One that crossed ours on the way is asked again if it was meant.
        if (now() - this.#handedAt > CROSSING_MS) void this.renew(true);
        return;
      // Answered by the session itself.
      case 'hello':
      case 'reply':
      case 'ping':
      case 'pong':
        return;
      default:
        frame satisfies never;
    }
  }

  /** Hands the relay a token for the streams; without a login there is none, and none is waited for. */
  async renew(wanted = false): Promise<void> {
    const credential = await this.#host.session.credential(self, wanted ? this.#credential : undefined);
    if (credential.ok) this.hand(credential.ready);
  }

  hand(ready: Ready): void {
    const link = this.#host.link();
    if (!link.isUp || ready === this.#credential) return;
    this.#credential = ready;
    this.#handedAt = now();
    link.send({ type: 'credential', sealed: ready.sealed });
  }

  /** One subscription upstream for each book that somebody follows, and none for others. */
  followBooks(): void {
    const link = this.#host.link();
    if (!link.isUp) return;
    const wanted = this.#host.books();
    for (const symbol of wanted) {
      if (this.#openBooks.has(symbol)) continue;
      this.#openBooks.add(symbol);
      link.send(this.#host.streams.open(bookStream(symbol)));
    }
    for (const symbol of this.#openBooks) {
      if (wanted.has(symbol)) continue;
      this.#openBooks.delete(symbol);
      link.send({ type: 'close', stream: bookStream(symbol) });
    }
  }
}
