import * as z from 'zod';
import { PING_MS, sessionClose } from '../../../shared/relay/frames.ts';
import type { LineListener, RelayLine, LineStatus } from './relay-transport.ts';

/** Tells the relay's socket from those of clients. */
export const RELAY_TAG = 'relay';

/** Hibernates with the socket. */
const attachment = z.object({
  /** Unix ms. */
  since: z.number(),
  standing: z.object({ epoch: z.string().optional(), isUp: z.boolean() }),
});

/**
 * The socket by which a relay dialled in: it hibernates and outlives the object. The relay opens it again when it is
 * lost, and sends `PING` every 10 s, which the runtime answers without waking the object.
 */
export class DialledLine implements RelayLine {
  readonly isLasting = true;
  readonly #ctx: DurableObjectState;
  #listener: LineListener | undefined;
  #socket: WebSocket | undefined;
  #since = 0;
  #heardAt = 0;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  get isOpen(): boolean {
    return this.#socket !== undefined && Date.now() - this.#lastLife(this.#socket) <= 3 * PING_MS;
  }

  listen(listener: LineListener): LineStatus | undefined {
    this.#listener = listener;
    const kept = this.#ctx
      .getWebSockets(RELAY_TAG)
      .flatMap((socket) => {
        const { data } = attachment.safeParse(socket.deserializeAttachment());
        return data && socket.readyState === WebSocket.OPEN ? [{ socket, ...data }] : [];
      })
      // One that was replaced may still be about to close.
      .toSorted((one, other) => other.since - one.since);
    const [newest] = kept;
    if (!newest) return undefined;
    this.#socket = newest.socket;
    this.#since = newest.since;
    const { epoch, isUp } = newest.standing;
    return { isUp, ...(epoch !== undefined && { epoch }) };
  }

  /** Takes a relay's socket. It replaces the one before: a relay that comes anew has lost that. */
  accept(): Response {
    this.fail(sessionClose.replaced, 'a newer connection has taken over');
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server, [RELAY_TAG]);
    this.#socket = server;
    // Later than the one before, also within a millisecond.
    this.#since = Math.max(Date.now(), this.#since + 1);
    this.#heardAt = Date.now();
    this.note({ isUp: false });
    this.#listener?.opened();
    return new Response(null, { status: 101, webSocket: client });
  }

  hear(socket: WebSocket, data: unknown): Promise<void> {
    if (socket !== this.#socket || !this.#listener) return Promise.resolve();
    this.#heardAt = Date.now();
    return this.#listener.heard(data);
  }

  gone(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    this.#listener?.lost();
  }

  ensure(): void {
    if (this.#socket && !this.isOpen) this.fail(1000, 'no sign of life');
  }

  /** It stays: the relay would only come again. */
  rest(): void {}

  send(text: string): boolean {
    try {
      this.#socket?.send(text);
      return this.#socket !== undefined;
    } catch {
      // Closed by the peer; the close event follows.
      return false;
    }
  }

  note(standing: LineStatus): void {
    this.#socket?.serializeAttachment({ since: this.#since, standing } satisfies z.infer<typeof attachment>);
  }

  fail(code: number, reason: string): void {
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

  #lastLife(socket: WebSocket): number {
    const pinged = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    return Math.max(this.#since, this.#heardAt, pinged);
  }
}
