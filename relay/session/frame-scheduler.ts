import type { FromRelay } from '../../shared/relay/frames.ts';
import { sessionClose } from '../../shared/relay/frames.ts';
import type { Limits } from '../config/environment.ts';
import type { DeskFeeds } from '../streams/desk-feeds.ts';
import type { DeskStream } from '../streams/desk-stream.ts';
import type { Wire } from './wire.ts';

/** Unsent part of a window at which the exchange is asked to wait, and at which it may go on. */
const PAUSE_AT = 0.5;
const RESUME_AT = 0.25;
/**
 * Books of one symbol that are with a connector before it has acknowledged them. What it has not come to waits here,
 * where a newer book takes its place, and not in sockets, where the oldest comes first. Eight over a way of 50 ms are 160
 * books a second of each symbol.
 */
const BOOKS_IN_FLIGHT = 8;

/**
 * What goes to the connector, one frame of each stream in turn, as fast as it reads. While it does not, books are
 * skipped to the newest and all other streams wait at the exchange.
 */
export class FrameScheduler {
  readonly #feeds: DeskFeeds;
  readonly #limits: Limits;
  readonly #done: (stream: DeskStream) => void;
  #waiting = new Set<DeskStream>();
  #wire: Wire | undefined;
  #isPumping = false;

  /** `done`: a stream that the exchange ended has been told so. */
  constructor(feeds: DeskFeeds, limits: Limits, done: (stream: DeskStream) => void) {
    this.#feeds = feeds;
    this.#limits = limits;
    this.#done = done;
  }

  get isAttached(): boolean {
    return this.#wire !== undefined;
  }

  /** Whether this is the connection that there is, not one that was given up. */
  isServing(wire: Wire): boolean {
    return this.#wire === wire;
  }

  get buffered(): number {
    return this.#wire?.buffered ?? 0;
  }

  /** Nothing is sent before the connector has opened its streams again. */
  attach(wire: Wire): void {
    this.#wire?.close(sessionClose.replaced, 'a newer connection has taken over');
    this.#wire = wire;
    this.#waiting = new Set();
  }

  /** @returns whether it was the session's. */
  detach(wire: Wire): boolean {
    if (this.#wire !== wire) return false;
    this.#wire = undefined;
    this.#waiting = new Set();
    return true;
  }

  say(frame: FromRelay): void {
    this.#wire?.say(frame);
  }

  ready(stream: DeskStream): void {
    if (!stream.isOpen) return;
    this.#waiting.add(stream);
    this.pump();
    this.#throttle(stream);
  }

  /** The connector has everything up to `seq`: what waited for that may go. */
  acknowledged(stream: DeskStream, seq: number): void {
    stream.window.ack(seq);
    if (stream.unsent > 0) this.ready(stream);
  }

  forget(stream: DeskStream): void {
    this.#waiting.delete(stream);
  }

  closeWire(code: number, reason: string): void {
    this.#wire?.close(code, reason);
  }

  close(): void {
    this.#wire?.terminate();
    this.#wire = undefined;
    this.#waiting = new Set();
  }

  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#wire !== undefined && this.#wire.isOpen && !this.#wire.isFull) {
      const [stream] = this.#waiting;
      if (stream === undefined) break;
      this.#waiting.delete(stream);
      // Its next acknowledgement brings it back.
      if (!waitsForAck(stream)) this.#sendOne(this.#wire, stream);
    }
    this.#isPumping = false;
  }

  #sendOne(wire: Wire, stream: DeskStream): void {
    const frame = stream.window.get(stream.sent + 1);
    if (frame !== undefined) {
      stream.sent += 1;
      wire.write(frame);
      this.#throttle(stream);
      // To the end of the queue: no stream keeps another one waiting.
      if (stream.unsent > 0 || stream.ending !== undefined) this.#waiting.add(stream);
      return;
    }
    if (stream.ending === undefined) return;
    wire.say({ type: 'close', stream: stream.name, ...stream.ending });
    this.#done(stream);
  }

  /** Only for somebody who reads: one that is away is not waited for. */
  #throttle(stream: DeskStream): void {
    if (stream.kind === 'market_data') return;
    const { windowItems, windowBytes } = this.#limits;
    const share = Math.max(
      stream.unsent / windowItems,
      stream.unsent === 0 ? 0 : ((stream.window.bytes / stream.window.size) * stream.unsent) / windowBytes,
    );
    if (this.#feeds.isPaused(stream)) {
      if (share <= RESUME_AT) this.#feeds.resume(stream);
    } else if (share >= PAUSE_AT && this.#wire !== undefined) {
      this.#feeds.pause(stream);
    }
  }
}

const waitsForAck = (stream: DeskStream): boolean =>
  stream.kind === 'market_data' && stream.unsent > 0 && stream.onTheWay >= BOOKS_IN_FLIGHT;
