import { now } from '../../../shared/clock.ts';
import type { FromRelay } from '../../../shared/relay/frames.ts';
import { CONNECTOR_ACTOR } from '../desk/exchange-calls.ts';
import type { DeskSession, DeskCredential } from '../desk/desk-session.ts';
import type { RelaySession, SessionListener } from './relay-session.ts';
import { deskStreams, type Streams } from '../streams/streams.ts';
import { bookStream } from '../streams/wire.ts';

export interface RelayFeedDependencies {
  readonly session: DeskSession;
  readonly streams: Streams;
  link(): RelaySession;
  /** Symbols whose books somebody follows. */
  books(): ReadonlySet<string>;
}

/** A question and its answer may cross: longer than the way to the relay, shorter than its patience. */
const CROSSING_MS = 2_000;

/** `earlier`: an object before this one. */
type Opener = 'this' | 'earlier';

/** What one connection with the relay is used for: which streams are open on it, what they tell, and its token. */
export class RelayFeed implements SessionListener {
  readonly #host: RelayFeedDependencies;
  /** Streams of books that are open at the relay, and by whom. */
  readonly #books = new Map<string, Opener>();
  #epoch = '';
  #credential: DeskCredential | undefined;
  #handedAt = Number.NEGATIVE_INFINITY;

  constructor(host: RelayFeedDependencies) {
    this.#host = host;
  }

  /** Whether the copy says of a stream what the exchange would. */
  isLive(stream: string): boolean {
    const { loaded, gapped, live } = this.#host.streams.cursor(stream);
    return live && loaded && !gapped && this.#host.link().isUp;
  }

  up(epoch: string): void {
    this.#epoch = epoch;
    this.#credential = undefined;
    const { streams } = this.#host;
    for (const stream of deskStreams) this.#host.link().send(streams.open(stream));
    this.followBooks();
    void this.renew();
  }

  resumed(epoch: string): void {
    this.#epoch = epoch;
    for (const symbol of this.#host.books()) this.#books.set(bookStream(symbol), 'earlier');
  }

  rest(): void {
    for (const stream of [...deskStreams, ...this.#books.keys()])
      this.#host.link().send({ type: 'close', stream });
  }

  down(): void {
    this.#books.clear();
    for (const stream of deskStreams) this.#host.streams.state(stream, false);
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
        // Of streams that were closed meanwhile it says nothing.
        if (this.#host.link().isUp) streams.state(frame.stream, frame.live);
        return;
      case 'close':
        streams.state(frame.stream, false);
        this.#books.delete(frame.stream);
        return;
      case 'credential_wanted':
        // Not waited for: items go on meanwhile. One that crossed ours on the way is asked again if it was meant.
        if (this.#host.link().isUp && now() - this.#handedAt > CROSSING_MS) void this.renew(true);
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
    const credential = await this.#host.session.credential(
      CONNECTOR_ACTOR,
      wanted ? this.#credential : undefined,
    );
    if (credential.ok) this.hand(credential.ready);
  }

  hand(ready: DeskCredential): void {
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
    const wanted = new Set([...this.#host.books()].map(bookStream));
    for (const stream of wanted) {
      // An earlier object had its newest book: it is asked for again, for those who come now.
      if (this.#books.get(stream) === 'this') continue;
      this.#books.set(stream, 'this');
      link.send(this.#host.streams.open(stream));
    }
    for (const stream of this.#books.keys()) {
      if (wanted.has(stream)) continue;
      this.#books.delete(stream);
      link.send({ type: 'close', stream });
    }
  }
}
