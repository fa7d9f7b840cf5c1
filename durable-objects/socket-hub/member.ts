import { errorCatalogue } from '../../shared/errors/catalogue.ts';
import type { Failure } from '../../shared/errors/failure.ts';
import type { Attachment } from './attachment.ts';
import { CLOSE } from '../../shared/websockets/close-codes.ts';

/**
 * workerd tells nobody how much of what was sent still waits for the peer, so a client has credit: as much as
 * may be sent without any sign of life (a frame, or a PING, which the runtime answers by itself). At half of it
 * the client gets whole books once a second instead of every change; at its end the socket is closed.
 */
const CREDIT_BYTES = 8 * 1024 * 1024;
/**
 * Clients of the router's channel never send anything of their own accord, so at half of their credit they are asked
 * for a sign of life: `resync_required`, which they answer with `resync`. 512 KB are about 2,500 changes between two
 * such questions.
 */
const ROUTER_CREDIT_BYTES = 1024 * 1024;
/** Frames a client may send within the window; a bot that changes its subscriptions each second needs fewer. */
const MAX_FRAMES = 60;
const FRAME_WINDOW_MS = 10_000;
/** Markets that a client may have looked up within the same window; each may cost the venue a call. */
const MAX_LOOKUPS = 200;

/** What a member needs of its WebSocket. */
export interface ClientSocket {
  send(text: string): void;
  close(code: number, reason: string): void;
  serializeAttachment(attachment: unknown): void;
}

/** One client socket in memory: its attachment, its credit and its frame count. */
export class Member {
  readonly at: Attachment;
  readonly #socket: ClientSocket;
  readonly #lastPing: () => Date | null;
  #sent = 0;
  #aliveAt = Date.now();
  #frames = 0;
  #lookups = 0;
  #windowStart = 0;
  readonly #credit: number;
  /** Told of every frame that was sent; router channel. */
  onSent: ((length: number) => void) | undefined;
  /** Told when the socket has been closed for want of any sign of life: such a peer answers no close either. */
  onTooSlow: (() => void) | undefined;
  /** Tail of this client's commands: the next begins when the last is done. */
  turn: Promise<void> = Promise.resolve();

  /** `lastPing`: when the runtime last answered a PING of this socket. */
  constructor(socket: ClientSocket, at: Attachment, lastPing: () => Date | null) {
    this.#socket = socket;
    this.at = at;
    this.#lastPing = lastPing;
    this.#credit = at.channel === 'router' ? ROUTER_CREDIT_BYTES : CREDIT_BYTES;
  }

  /** Writes the attachment: what is not written is forgotten when the hub sleeps. */
  save(): void {
    this.#socket.serializeAttachment(this.at);
  }

  send(text: string): void {
    this.#sent += text.length;
    if (this.#sent >= this.#credit && !this.#aliveLately()) {
      this.close(CLOSE.tooSlow, 'too slow: send PING at least every 10 s');
      this.onTooSlow?.();
      return;
    }
    try {
      this.#socket.send(text);
    } catch {
      // Closed by the peer; the close event follows.
      return;
    }
    this.onSent?.(text.length);
  }

  /** Whether so much is unconfirmed that only whole books should be sent. */
  lagging(): boolean {
    return this.#sent >= this.#credit / 2 && !this.#aliveLately();
  }

  /** Counts a frame of the client; false when there are too many. */
  hear(): boolean {
    const now = Date.now();
    this.#alive(now);
    if (now - this.#windowStart > FRAME_WINDOW_MS) {
      this.#windowStart = now;
      this.#frames = 0;
      this.#lookups = 0;
    }
    this.#frames += 1;
    return this.#frames <= MAX_FRAMES;
  }

  /** Whether it goes on sending although it has been told that these are too many. */
  flooding(): boolean {
    return this.#frames > 2 * MAX_FRAMES;
  }

  /** Counts markets to look up; false when there are too many. */
  lookUp(count = 1): boolean {
    this.#lookups += count;
    return this.#lookups <= MAX_LOOKUPS;
  }

  refuse(failure: Failure): void {
    const message = failure.message ?? errorCatalogue[failure.reason].sentence;
    this.send(JSON.stringify({ type: 'error', code: failure.reason, message }));
  }

  close(code: number, reason: string): void {
    try {
      this.#socket.close(code, reason);
    } catch {
      // Already closed.
    }
  }

  #aliveLately(): boolean {
    const ping = this.#lastPing()?.getTime() ?? 0;
    if (ping <= this.#aliveAt) return false;
    this.#alive(ping);
    return true;
  }

  #alive(at: number): void {
    this.#aliveAt = at;
    this.#sent = 0;
  }
}
