import { randomUUID } from 'node:crypto';
import { PATIENCE_MS } from './patience.ts';

export type Frame = Readonly<Record<string, unknown>>;

interface Waiter {
  readonly fits: (text: string) => boolean;
  readonly done: (text: string) => void;
}

/** A websocket client that keeps what it hears, in order. */
export class TestSocket {
  readonly texts: string[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly opened: Promise<void>;
  readonly #socket: WebSocket;
  readonly #waiters = new Set<Waiter>();

  /** `url`: http(s) or ws(s). */
  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    // An address of its own keeps it out of other tests' public limit.
    const options = { headers: { 'x-test-address': randomUUID(), ...headers } };
    this.#socket = new WebSocket(url.replace(/^http/, 'ws'), options);
    this.opened = new Promise((resolve, reject) => {
      this.#socket.addEventListener('open', () => resolve());
      this.#socket.addEventListener('close', () => reject(new Error('closed before it opened')));
    });
    // A test that only waits for the close does not look at `opened`.
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => {
      this.#socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
    });
    this.#socket.addEventListener('message', ({ data }) => this.#hear(String(data)));
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Everything heard so far, parsed; texts that are no JSON are left out. */
  frames(): readonly Frame[] {
    return this.texts.flatMap((text) => {
      const frame = parse(text);
      return frame ? [frame] : [];
    });
  }

  /** The first text, heard before or from now on, that fits. */
  text(fits: (text: string) => boolean): Promise<string> {
    const known = this.texts.find((text) => fits(text));
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`no such frame; heard: ${this.texts.join('\n').slice(-2_000)}`));
      }, PATIENCE_MS);
      const waiter: Waiter = {
        fits,
        done: (text) => {
          clearTimeout(timer);
          resolve(text);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  async frame(fits: (frame: Frame) => boolean): Promise<Frame> {
    const matches = (text: string): boolean => {
      const frame = parse(text);
      return frame !== undefined && fits(frame);
    };
    return parse(await this.text(matches)) ?? {};
  }

  /** Waits until all that was sent before has been dealt with. */
  async settle(): Promise<void> {
    const known = this.frames().filter(({ type }) => type === 'pong').length;
    this.send({ action: 'ping' });
    await this.frame(() => this.frames().filter(({ type }) => type === 'pong').length > known);
  }

  async close(): Promise<void> {
    this.#socket.close(1000);
    await this.closed;
  }

  #hear(text: string): void {
    this.texts.push(text);
    for (const waiter of this.#waiters) {
      if (!waiter.fits(text)) continue;
      this.#waiters.delete(waiter);
      waiter.done(text);
    }
  }
}

function parse(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}
