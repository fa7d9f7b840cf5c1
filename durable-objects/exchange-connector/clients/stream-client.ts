import type { Attachment } from './client-frames.ts';
import { filterEvent } from './filter-event.ts';
import type { Streams } from '../streams/streams.ts';
import { symbolOf, type ClientEvent } from '../streams/wire.ts';

/**
 * workerd tells nobody how much of what was sent still waits for the peer, so a client has credit: what may be sent
 * without any sign of life (a frame, or a PING, which the runtime answers by itself). At half of it books are skipped;
 * at its end the socket is closed (contract: exchange, "To our clients").
 */
const CREDIT_BYTES = 1024 * 1024;
/** From then on a heartbeat asks for an echo: who reads has answered long before its credit ends. */
const ASK_BYTES = CREDIT_BYTES / 4;
/**
 * Signs of life say nothing of reading, and what is sent to who does not read waits in memory. So much they may renew
 * altogether; after that only an echo counts.
 */
const UNREAD_BYTES = 8 * CREDIT_BYTES;

export interface StreamClientDependencies {
  readonly streams: Streams;
  /** When the runtime answered the socket's last PING, Unix ms. */
  pingedAt(socket: WebSocket): number;
  /** It has used up its credit. */
  tooSlow(client: StreamClient): void;
}

/** One client's socket: what it asked for, and how much it was sent since it last showed life. */
export class StreamClient {
  readonly socket: WebSocket;
  readonly #host: StreamClientDependencies;
  #at: Attachment;
  /** Since it last showed life. */
  #sent = 0;
  /** Of which no echo has told that it was read. */
  #unread: number;
  /** The echo that is asked for, and the bytes before it. */
  #asked: { readonly echo: string; readonly bytes: number } | undefined;
  #last: ClientEvent | undefined;
  #aliveAt: number;
  /** Books that were skipped: the newest is sent at the next sign of life. */
  readonly #skipped = new Set<string>();

  /** `aliveAt`: when it last showed life, Unix ms; 0 where nobody remembers. */
  constructor(host: StreamClientDependencies, socket: WebSocket, at: Attachment, aliveAt: number) {
    this.#host = host;
    this.socket = socket;
    this.#at = at;
    this.#unread = at.unread ?? 0;
    this.#aliveAt = aliveAt;
  }

  get at(): Attachment {
    return this.#at;
  }

  save(at: Attachment): void {
    this.#at = at;
    this.socket.serializeAttachment(at);
  }

  /** It shows life: what was skipped meanwhile is sent as it is now. */
  alive(at: number): void {
    this.#aliveAt = at;
    this.#sent = 0;
    this.#catchUp();
  }

  /** It has read everything before this was asked for. */
  echoed(echo: string): void {
    if (this.#asked?.echo !== echo) return;
    this.#count(-this.#asked.bytes);
    this.#sent = this.#unread;
    this.#asked = undefined;
    if (this.#sent < CREDIT_BYTES / 2) this.#catchUp();
    this.#ask();
  }

  /** What is known now; before there is anything, the first snapshot comes as it arrives. */
  now(name: string, wanted: true | readonly string[] = true): void {
    const snapshot = this.#host.streams.snapshot(name);
    if (snapshot) this.event(snapshot, wanted);
  }

  /** Tells an event as far as it concerns these symbols. */
  event(event: ClientEvent, wanted: true | readonly string[] = true): void {
    const told = filterEvent(event, wanted);
    if (!told) return;
    this.#write(textOf(told));
    this.#last = told;
    this.#ask();
  }

  /** A book is whole: who lags is told the newest later. */
  book(event: ClientEvent): void {
    if (this.#sent >= CREDIT_BYTES / 2 && !this.#showsLife()) this.#skipped.add(event.stream);
    else this.event(event);
  }

  send(value: object): void {
    this.#write(JSON.stringify(value));
  }

  /** What was skipped, as it is now. */
  #catchUp(): void {
    const skipped = [...this.#skipped];
    this.#skipped.clear();
    for (const name of skipped) this.now(name);
  }

  /** By a heartbeat of the stream that was told last: its number is no new one. */
  #ask(): void {
    if (this.#asked || !this.#last || this.#unread < ASK_BYTES) return;
    const echo = crypto.randomUUID();
    this.#asked = { echo, bytes: this.#unread };
    this.#write(textOf({ ...this.#last, type: 'heartbeat', body: { echo } }));
  }

  #count(bytes: number): void {
    const before = this.#unread;
    this.#unread += bytes;
    const steps = Math.floor(this.#unread / CREDIT_BYTES);
    if (steps !== Math.floor(before / CREDIT_BYTES)) this.save({ ...this.#at, unread: steps * CREDIT_BYTES });
  }

  #write(text: string): void {
    const isBehind = this.#sent >= CREDIT_BYTES && !this.#showsLife();
    if (isBehind || this.#unread >= UNREAD_BYTES) {
      this.#host.tooSlow(this);
      return;
    }
    this.#sent += text.length;
    this.#count(text.length);
    try {
      this.socket.send(text);
    } catch {
      // Closed by the peer; the close event follows.
    }
  }

  #showsLife(): boolean {
    const ping = this.#host.pingedAt(this.socket);
    if (ping <= this.#aliveAt) return false;
    this.alive(ping);
    return true;
  }
}

/** The same event goes to many clients: its text is made once. */
const texts = new WeakMap<ClientEvent, string>();
function textOf(event: ClientEvent): string {
  const known = texts.get(event);
  if (known !== undefined) return known;
  const book = symbolOf(event.stream);
  const text = JSON.stringify(book === undefined ? event : { ...event, stream: 'market_data', symbol: book });
  texts.set(event, text);
  return text;
}
