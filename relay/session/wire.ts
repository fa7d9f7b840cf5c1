import { fromConnector, MAX_FRAME, PING_MS, sessionClose } from '../../shared/relay/frames.ts';
import type { FromConnector, FromRelay } from '../../shared/relay/frames.ts';
import { OPEN, type WebSocket } from './ws.ts';

export interface WireListener {
  frame(frame: FromConnector): void;
  /** Some of what was buffered has left. */
  drained(): void;
  closed(): void;
}

/**
 * Replies and pongs do not wait their turn as items do. Who asks and does not read is cut off at this, bytes: eight
 * replies of the longest kind.
 */
const MAX_BEHIND = 8 * MAX_FRAME;
/** Given up after so many pings' time without a frame of the other side. */
const PATIENCE = 3;

/** What the connector's runtime answers without waking it, and its answer. */
const RUNTIME_PING = 'PING';
const RUNTIME_PONG = 'PONG';

/** One websocket of a session: frames in and out, pings, and how much of it waits. */
export class Wire {
  /** The relay dialled in: the connector may sleep while nothing is told, and calls come by this connection. */
  readonly isDialled: boolean;
  readonly #socket: WebSocket;
  readonly #limit: number;
  #listener: WireListener | undefined;
  #timer: NodeJS.Timeout;
  #lastIn = 0;
  #lastOut = 0;
  #pings = 0;
  #ticks = 0;

  /** `limit`: bytes that may be buffered before `isFull`. */
  constructor(socket: WebSocket, limit: number, pingMs: number = PING_MS, isDialled = false) {
    this.#socket = socket;
    this.isDialled = isDialled;
    this.#limit = limit;
    this.#timer = setInterval(() => this.#tick(), pingMs);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearInterval(this.#timer);
      this.#listener?.closed();
    });
  }

  /** Who is told from now on. */
  listen(listener: WireListener): void {
    this.#listener = listener;
  }

  get isFull(): boolean {
    return this.#socket.bufferedAmount >= this.#limit;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === OPEN;
  }

  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  say(frame: FromRelay): void {
    this.write(JSON.stringify(frame));
  }

  write(text: string): void {
    if (!this.isOpen) return;
    if (this.#socket.bufferedAmount > this.#limit + MAX_BEHIND) {
      this.#socket.terminate();
      return;
    }
    this.#lastOut = this.#ticks;
    this.#socket.send(text, () => {
      if (this.#socket.bufferedAmount < this.#limit) this.#listener?.drained();
    });
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#lastIn = this.#ticks;
    if (!isBinary && data.length === RUNTIME_PONG.length && data.toString() === RUNTIME_PONG) return;
    const frame = isBinary || data.length > MAX_FRAME ? undefined : parse(data.toString());
    if (frame === undefined) {
      this.close(sessionClose.badFrame, 'not a frame of this protocol');
      return;
    }
    if (frame.type === 'ping') this.say({ type: 'pong', id: frame.id });
    else if (frame.type !== 'pong') this.#listener?.frame(frame);
  }

  #tick(): void {
    this.#ticks += 1;
    if (this.#ticks - this.#lastIn > PATIENCE) {
      this.#socket.terminate();
      return;
    }
    if (this.isDialled) {
      // Also amid frames: the runtime remembers when it answered, and a connector that wakes up goes by that.
      this.write(RUNTIME_PING);
      return;
    }
    if (this.#ticks - this.#lastOut <= 1 && this.#ticks - this.#lastIn <= 1) return;
    this.#pings += 1;
    this.say({ type: 'ping', id: this.#pings });
  }
}

function parse(text: string): FromConnector | undefined {
  try {
    return fromConnector.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
