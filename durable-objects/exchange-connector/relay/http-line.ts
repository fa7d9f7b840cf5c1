import { PING_MS, type FromConnector } from '../../../shared/relay/frames.ts';
import type { LineListener, RelayLine, LineStatus } from './relay-transport.ts';

const FIRST_PAUSE_MS = 250;
/** Long enough for a relay that restarts, short enough that a desk does not wait for it. */
const LONGEST_PAUSE_MS = 15_000;

/**
 * A connection that the connector opens, kept up until `rest`: lost or silent, it is opened again after a pause that
 * doubles, with jitter so that desks do not knock in step. It ends with the object.
 */
export class HttpLine implements RelayLine {
  readonly isLasting = false;
  readonly #connect: () => Promise<WebSocket | undefined>;
  #listener: LineListener | undefined;
  #socket: WebSocket | undefined;
  #isWanted = false;
  #isOpening = false;
  #attempts = 0;
  #heardAt = 0;
  #pings = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `connect`: a socket that nobody has accepted; undefined when there is none to be had now. */
  constructor(connect: () => Promise<WebSocket | undefined>) {
    this.#connect = connect;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined;
  }

  listen(listener: LineListener): undefined {
    this.#listener = listener;
  }

  ensure(): void {
    this.#isWanted = true;
    if (!this.#socket && !this.#isOpening && this.#timer === undefined) void this.#open();
  }

  rest(): void {
    this.#isWanted = false;
    this.#clear();
    this.#drop(1000, '');
  }

  send(text: string): boolean {
    try {
      this.#socket?.send(text);
      return this.#socket !== undefined;
    } catch {
      // Closed by the peer; the close event follows.
      return false;
    }
  }

  /** Nothing of it outlives the object. */
  note(_standing: LineStatus): void {}

  fail(code: number, reason: string): void {
    this.#drop(code, reason);
    if (this.#isWanted) this.#again();
  }

  async #open(): Promise<void> {
    this.#isOpening = true;
    const socket = await this.#connect().catch(() => undefined);
    this.#isOpening = false;
    if (!this.#isWanted || !socket) {
      socket?.close(1000);
      if (this.#isWanted) this.#again();
      return;
    }
    this.#socket = socket;
    this.#heardAt = Date.now();
    socket.addEventListener('message', ({ data }) => this.#hear(socket, data));
    const lost = (): void => this.#lose(socket);
    socket.addEventListener('close', lost);
    socket.addEventListener('error', lost);
    socket.accept();
    this.#listener?.opened();
    this.#timer = setTimeout(() => this.#ping(socket), PING_MS);
  }

  #hear(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket) return;
    this.#heardAt = Date.now();
    // The relay is there: should it go, it is looked for at once.
    this.#attempts = 0;
    void this.#listener?.heard(data);
  }

  #ping(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    if (Date.now() - this.#heardAt > 3 * PING_MS) {
      this.#lose(socket);
      return;
    }
    this.#pings += 1;
    this.send(JSON.stringify({ type: 'ping', id: this.#pings } satisfies FromConnector));
    this.#timer = setTimeout(() => this.#ping(socket), PING_MS);
  }

  #lose(socket: WebSocket): void {
    if (socket === this.#socket) this.fail(1000, '');
  }

  #drop(code: number, reason: string): void {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    try {
      socket.close(code, reason);
    } catch {
      // Already closed by the other side.
    }
    this.#listener?.lost();
  }

  #again(): void {
    this.#clear();
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#attempts, LONGEST_PAUSE_MS) * (0.5 + Math.random());
    this.#attempts += 1;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#open();
    }, pause);
  }

  #clear(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
