import {
  fromRelay,
  MAX_FRAME,
  sessionClose,
  type FromConnector,
  type FromRelay,
} from '../../../shared/relay/frames.ts';
import { notSentReply, type LineListener, type RelayCall, type RelayTransport } from './relay-transport.ts';
import type { RelayReply } from '../../../shared/relay/relay-reply.ts';

/** A request waits so long for the relay to be there. */
const READY_MS = 3_000;

export interface SessionListener {
  /** The relay has said hello, and the streams are wanted: everything must be opened on this connection. */
  up(epoch: string): void;
  /** This object is new, and goes on where another left an open session. */
  resumed(epoch: string): void;
  /** Frames in order; the next is handed over when this one's promise has settled. A rejection ends the connection. */
  frame(frame: FromRelay): Promise<void> | void;
  /** Nobody wants the streams: they are to be closed, on a connection that stays. */
  rest(): void;
  /** Nothing is open any more. */
  down(): void;
}

/** The connector's side of `shared/relay/frames.ts`, over whatever connection the transport has. */
export class RelaySession implements LineListener {
  readonly #transport: RelayTransport;
  readonly #id: () => string;
  readonly #listener: SessionListener;
  #isWanted = false;
  /** The relay's, on the connection that stands. */
  #epoch: string | undefined;
  #isUp = false;
  /** Frames of an earlier connection that still wait must not be applied among this one's. */
  #connection = 0;
  #tail: Promise<void> = Promise.resolve();
  readonly #waiting = new Set<() => void>();

  /** `id`: the connector's own, the same over reconnects until the desk is another user. */
  constructor(transport: RelayTransport, id: () => string, listener: SessionListener) {
    this.#transport = transport;
    this.#id = id;
    this.#listener = listener;
  }

  get isUp(): boolean {
    return this.#isUp && this.#transport.line.isOpen;
  }

  /** Once, when all that it tells can hear. */
  start(): void {
    const standing = this.#transport.line.listen(this);
    this.#epoch = standing?.epoch;
    this.#isUp = standing?.isUp === true;
    if (this.#isUp && this.#epoch !== undefined) this.#listener.resumed(this.#epoch);
    // What an earlier object left open has ended with its connection.
    else this.#listener.down();
  }

  /** Wants it up. */
  ensure(): void {
    this.#isWanted = true;
    this.#transport.line.ensure();
    this.#begin();
  }

  /** Leaves the session, with all that is open in it, for one of another id. */
  restart(): void {
    this.#transport.line.fail(1000, 'the desk is another user');
  }

  /** Where no session can be had nothing is sent: what is lost on the way would be known only after long. */
  async call(call: RelayCall): Promise<RelayReply> {
    return (await this.ready()) ? this.#transport.call(call) : notSentReply('the relay cannot be reached');
  }

  /** Whether it is up, after a bounded wait. */
  async ready(): Promise<boolean> {
    this.ensure();
    if (this.isUp) return true;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, READY_MS);
      this.#waiting.add(done);
    });
    return this.isUp;
  }

  stop(): void {
    this.#isWanted = false;
    const { line } = this.#transport;
    if (this.#isUp && line.isLasting) {
      this.#listener.rest();
      this.#down();
    }
    line.rest();
  }

  send(frame: FromConnector): void {
    this.#transport.line.send(JSON.stringify(frame));
  }

  opened(): void {
    this.#connection += 1;
    this.#epoch = undefined;
    this.#tail = Promise.resolve();
    this.#down();
    this.send({ type: 'hello', session: this.#id() });
  }

  lost(): void {
    this.#connection += 1;
    this.#transport.cut();
    this.#epoch = undefined;
    this.#down();
  }

  heard(data: unknown): Promise<void> {
    const frame = typeof data === 'string' && data.length <= MAX_FRAME ? read(data) : undefined;
    if (!frame) {
      this.#transport.line.fail(sessionClose.badFrame, 'not a frame of this protocol');
      return Promise.resolve();
    }
    switch (frame.type) {
      case 'ping':
        this.send({ type: 'pong', id: frame.id });
        return Promise.resolve();
      case 'pong':
        return Promise.resolve();
      case 'reply':
        // Not in turn: an item may wait for it.
        this.#transport.replied(frame);
        return Promise.resolve();
      case 'hello':
        this.#epoch = frame.epoch;
        this.#transport.line.note({ epoch: frame.epoch, isUp: false });
        this.#begin();
        return Promise.resolve();
      case 'opened':
      case 'item':
      case 'gap':
      case 'state':
      case 'close':
      case 'credential_wanted':
        this.#tail = this.#inTurn(this.#tail, frame);
        return this.#tail;
      default:
        return frame satisfies never;
    }
  }

  #begin(): void {
    const epoch = this.#epoch;
    if (!this.#isWanted || this.#isUp || epoch === undefined) return;
    this.#isUp = true;
    this.#transport.line.note({ epoch, isUp: true });
    this.#listener.up(epoch);
    for (const done of this.#waiting) done();
  }

  async #inTurn(before: Promise<void>, frame: FromRelay): Promise<void> {
    const connection = this.#connection;
    await before;
    if (connection !== this.#connection) return;
    try {
      await this.#listener.frame(frame);
    } catch (error) {
      const message = String(error).slice(0, 200);
      console.error(JSON.stringify({ level: 'error', event: 'relay_frame', type: frame.type, message }));
      if (connection === this.#connection) this.#transport.line.fail(1000, '');
    }
  }

  #down(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    if (this.#epoch !== undefined) this.#transport.line.note({ epoch: this.#epoch, isUp: false });
    this.#listener.down();
  }
}

function read(data: string): FromRelay | undefined {
  try {
    return fromRelay.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}
