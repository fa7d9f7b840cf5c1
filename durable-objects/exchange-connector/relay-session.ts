import {
  fromRelay,
  MAX_FRAME,
  PING_MS,
  sessionClose,
  type FromConnector,
  type FromRelay,
} from '../../shared/relay/frames.ts';
import type { RelayTransport } from './relay-transport.ts';

const FIRST_PAUSE_MS = 250;
/** Long enough for a relay that restarts, short enough that a desk does not wait for it. */
const LONGEST_PAUSE_MS = 15_000;

export interface SessionListener {
  /** The relay has said hello: everything must be opened on this connection. */
  up(epoch: string): void;
  /** Frames in order; the next is handed over when this one's promise has settled. A rejection ends the connection. */
  frame(frame: FromRelay): Promise<void> | void;
  down(): void;
}

/**
 * One connection to the relay at a time, kept up until `stop`: lost or silent, it is opened again after a pause that
 * doubles, with jitter so that desks do not knock in step.
 */
export class RelaySession {
  readonly #transport: RelayTransport;
  readonly #id: string;
  readonly #listener: SessionListener;
  #socket: WebSocket | undefined;
  #wanted = false;
  #opening = false;
  #isUp = false;
  #attempts = 0;
  #heardAt = 0;
  #pings = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tail: Promise<void> = Promise.resolve();
  readonly #waiting = new Set<() => void>();

  /** `id`: the connector's own, the same over reconnects. */
  constructor(transport: RelayTransport, id: string, listener: SessionListener) {
    this.#transport = transport;
    this.#id = id;
    this.#listener = listener;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Opens it unless it is open or about to be. */
  ensure(): void {
    this.#wanted = true;
    if (!this.#socket && !this.#opening && this.#timer === undefined) void this.#open();
  }

  /** Whether it is up by then. */
  async ready(withinMs: number): Promise<boolean> {
    this.ensure();
    if (this.#isUp) return true;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#waiting.add(done);
    });
    return this.#isUp;
  }

  stop(): void {
    this.#wanted = false;
    this.#clear();
    this.#drop();
  }

  send(frame: FromConnector): void {
    try {
      this.#socket?.send(JSON.stringify(frame));
    } catch {
      // Closed by the peer; the close event follows.
    }
  }

  async #open(): Promise<void> {
    this.#opening = true;
    const socket = await this.#transport.open().catch(() => undefined);
    this.#opening = false;
    if (!this.#wanted || !socket) {
      socket?.close(1000);
      if (this.#wanted) this.#again();
      return;
    }
    this.#socket = socket;
    this.#heardAt = Date.now();
    // Frames of an earlier connection that still wait must not be applied among this one's.
    this.#tail = Promise.resolve();
    socket.addEventListener('message', ({ data }) => this.#hear(socket, data));
    const lost = (): void => this.#lose(socket);
    socket.addEventListener('close', lost);
    socket.addEventListener('error', lost);
    socket.accept();
    this.send({ type: 'hello', session: this.#id });
    this.#timer = setTimeout(() => this.#ping(socket), PING_MS);
  }

  #hear(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket) return;
    this.#heardAt = Date.now();
    const frame = typeof data === 'string' && data.length <= MAX_FRAME ? read(data) : undefined;
    if (!frame) {
      socket.close(sessionClose.badFrame, 'not a frame of this protocol');
      this.#lose(socket);
      return;
    }
    if (frame.type === 'ping') {
      this.send({ type: 'pong', id: frame.id });
      return;
    }
    if (frame.type === 'pong') return;
    if (frame.type === 'hello') {
      this.#attempts = 0;
      this.#isUp = true;
      this.#listener.up(frame.epoch);
      for (const done of this.#waiting) done();
      return;
    }
    this.#tail = this.#inTurn(this.#tail, socket, frame);
  }

  async #inTurn(before: Promise<void>, socket: WebSocket, frame: FromRelay): Promise<void> {
    await before;
    if (socket !== this.#socket) return;
    try {
      await this.#listener.frame(frame);
    } catch (error) {
      const message = String(error).slice(0, 200);
      console.error(JSON.stringify({ level: 'error', event: 'relay_frame', type: frame.type, message }));
      this.#lose(socket);
    }
  }

  #ping(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    if (Date.now() - this.#heardAt > 3 * PING_MS) {
      this.#lose(socket);
      return;
    }
    this.#pings += 1;
    this.send({ type: 'ping', id: this.#pings });
    this.#timer = setTimeout(() => this.#ping(socket), PING_MS);
  }

  #lose(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#drop();
    if (this.#wanted) this.#again();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    const wasUp = this.#isUp;
    this.#isUp = false;
    try {
      socket?.close(1000);
    } catch {
      // Already closed by the other side.
    }
    if (wasUp) this.#listener.down();
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

function read(data: string): FromRelay | undefined {
  try {
    return fromRelay.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}
