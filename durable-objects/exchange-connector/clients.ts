import * as z from 'zod';
import { keyGate } from '../stubs.ts';
import { CLOSE } from '../socket-hub/close-codes.ts';
import type { Env } from '../../workers/gateway/env.ts';
import { bookStream, ORDERS, POSITIONS, symbolOf, type ClientEvent } from './wire.ts';
import type { Streams } from './streams.ts';

/**
 * workerd tells nobody how much of what was sent still waits for the peer, so a client has credit: what may be sent
 * without any sign of life (a frame, or a PING, which the runtime answers by itself). At half of it books are skipped;
 * at its end the socket is closed (contract: exchange, "To our clients").
 */
const CREDIT_BYTES = 1024 * 1024;
const MAX_FRAME = 16 * 1024;
/** An attachment has room for so many names of the longest. */
const MAX_BOOKS = 100;

const symbol = z.string().regex(/^[\w:./-]{1,128}$/);
const symbols = z.array(symbol).max(MAX_BOOKS).optional();
const stream = z.enum(['market_data', 'orders', 'positions']);
const frame = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('subscribe'), stream, symbols, after: z.int().min(0).optional() }),
  z.strictObject({ op: z.literal('unsubscribe'), stream, symbols }),
  z.strictObject({ op: z.literal('ping') }),
]);
type Subscribe = Extract<z.infer<typeof frame>, { readonly op: 'subscribe' }>;

/** Survives hibernation with the socket. `orders`: of these symbols, or all. */
const attachment = z.object({
  id: z.string(),
  gate: z.string(),
  orders: z.union([z.literal(true), z.array(z.string())]).optional(),
  positions: z.union([z.literal(true), z.array(z.string())]).optional(),
  books: z.array(z.string()),
});
type Attachment = z.infer<typeof attachment>;

interface Member {
  at: Attachment;
  sent: number;
  aliveAt: number;
  /** Books that were skipped: the newest is sent at the next sign of life. */
  readonly skipped: Set<string>;
}

/** Client sockets of a desk: they hibernate, and each is told what it asked for, in order. */
export class Clients {
  readonly #ctx: DurableObjectState;
  readonly #env: Env;
  readonly #streams: Streams;
  /** Told when the books that somebody follows may have changed. */
  readonly #followed: () => void;
  readonly #members = new Map<WebSocket, Member>();

  constructor(ctx: DurableObjectState, env: Env, streams: Streams, followed: () => void) {
    this.#ctx = ctx;
    this.#env = env;
    this.#streams = streams;
    this.#followed = followed;
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('PING', 'PONG'));
    for (const socket of ctx.getWebSockets()) {
      const at = attachment.safeParse(socket.deserializeAttachment());
      if (at.success) this.#members.set(socket, { at: at.data, sent: 0, aliveAt: 0, skipped: new Set() });
    }
  }

  get size(): number {
    return this.#members.size;
  }

  get books(): ReadonlySet<string> {
    return new Set([...this.#members.values()].flatMap(({ at }) => at.books));
  }

  accept(id: string, gate: string): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server);
    const at: Attachment = { id, gate, books: [] };
    server.serializeAttachment(at);
    this.#members.set(server, { at, sent: 0, aliveAt: Date.now(), skipped: new Set() });
    return new Response(null, { status: 101, webSocket: client });
  }

  hear(socket: WebSocket, message: string | ArrayBuffer): void {
    const member = this.#members.get(socket);
    if (!member) return;
    this.#alive(socket, member, Date.now());
    const parsed = typeof message === 'string' && message.length <= MAX_FRAME ? parse(message) : undefined;
    if (!parsed) {
      this.#send(socket, member, {
        type: 'error',
        code: 'VALIDATION_FAILED',
        message: 'not a frame of this channel',
      });
      return;
    }
    switch (parsed.op) {
      case 'ping':
        this.#send(socket, member, { type: 'pong' });
        return;
      case 'subscribe':
        this.#subscribe(socket, member, parsed);
        return;
      case 'unsubscribe':
        if (parsed.stream === 'market_data') {
          const ended = parsed.symbols && new Set(parsed.symbols);
          const books = ended ? member.at.books.filter((one) => !ended.has(one)) : [];
          this.#save(socket, member, { ...member.at, books });
        } else this.#save(socket, member, { ...member.at, [parsed.stream]: undefined });
        return;
      default:
        parsed satisfies never;
    }
  }

  gone(socket: WebSocket): void {
    const member = this.#members.get(socket);
    if (!member) return;
    this.#members.delete(socket);
    this.#ctx.waitUntil(keyGate(this.#env, member.at.gate).releaseSocket(member.at.id));
    this.#followed();
  }

  /** Which of these sockets are open here. */
  held(ids: readonly string[]): readonly string[] {
    const open = new Set([...this.#members.values()].map(({ at }) => at.id));
    return ids.filter((id) => open.has(id));
  }

  /** Closes sockets whose key is no longer good. */
  dismiss(ids: readonly string[]): void {
    for (const [socket, { at }] of this.#members)
      if (ids.includes(at.id)) this.#end(socket, CLOSE.badToken, 'the key is no longer good');
  }

  /** Tells everybody who follows the event's stream. */
  tell(event: ClientEvent): void {
    const book = symbolOf(event.stream);
    for (const [socket, member] of this.#members) {
      if (book === undefined) {
        const wanted = event.stream === ORDERS ? member.at.orders : member.at.positions;
        const told = wanted && narrowed(event, wanted);
        if (told) this.#event(socket, member, told);
      } else if (member.at.books.includes(book)) {
        if (this.#lags(socket, member)) member.skipped.add(event.stream);
        else this.#event(socket, member, event);
      }
    }
  }

  #subscribe(socket: WebSocket, member: Member, { stream: kind, symbols: named, after }: Subscribe): void {
    if (kind === 'market_data') {
      const books = [...new Set([...member.at.books, ...(named ?? [])])];
      if (named === undefined || named.length === 0 || books.length > MAX_BOOKS) {
        const message = `market_data needs symbols, at most ${MAX_BOOKS} of one socket`;
        this.#send(socket, member, { type: 'error', code: 'VALIDATION_FAILED', message });
        return;
      }
      this.#save(socket, member, { ...member.at, books });
      // A book is whole: whoever resumes is served by the newest.
      for (const one of named) this.#now(socket, member, bookStream(one));
      return;
    }
    const wanted = named ?? true;
    this.#save(socket, member, { ...member.at, [kind]: wanted });
    const name = kind === 'orders' ? ORDERS : POSITIONS;
    const { ownSeq, loaded, asOf } = this.#streams.cursor(name);
    if (after === undefined) {
      this.#now(socket, member, name, wanted);
      return;
    }
    const missed = this.#streams.log.after(name, after, ownSeq);
    if (missed) {
      for (const event of missed) {
        const told = narrowed(event, wanted);
        if (told) this.#event(socket, member, told);
      }
      return;
    }
    if (!loaded) return;
    this.#event(socket, member, { stream: name, seq: ownSeq, at: asOf ?? '', type: 'gap', body: {} });
    this.#now(socket, member, name, wanted);
  }

  /** What is known now; before there is anything, the first snapshot comes as it arrives. */
  #now(socket: WebSocket, member: Member, name: string, wanted: true | readonly string[] = true): void {
    const snapshot = this.#streams.snapshot(name);
    const told = snapshot && narrowed(snapshot, wanted);
    if (told) this.#event(socket, member, told);
  }

  #event(socket: WebSocket, member: Member, event: ClientEvent): void {
    const book = symbolOf(event.stream);
    const named = book === undefined ? event : { ...event, stream: 'market_data', symbol: book };
    this.#send(socket, member, named);
  }

  #send(socket: WebSocket, member: Member, value: object): void {
    if (member.sent >= CREDIT_BYTES && !this.#showsLife(socket, member)) {
      this.#end(
        socket,
        CLOSE.tooSlow,
        'too slow: 1 MB behind without a sign of life; send PING at least every 10 s',
      );
      return;
    }
    const text = JSON.stringify(value);
    member.sent += text.length;
    try {
      socket.send(text);
    } catch {
      // Closed by the peer; the close event follows.
    }
  }

  #lags(socket: WebSocket, member: Member): boolean {
    return member.sent >= CREDIT_BYTES / 2 && !this.#showsLife(socket, member);
  }

  #showsLife(socket: WebSocket, member: Member): boolean {
    const ping = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    if (ping <= member.aliveAt) return false;
    this.#alive(socket, member, ping);
    return true;
  }

  #alive(socket: WebSocket, member: Member, at: number): void {
    member.aliveAt = at;
    member.sent = 0;
    const skipped = [...member.skipped];
    member.skipped.clear();
    for (const name of skipped) this.#now(socket, member, name);
  }

  #save(socket: WebSocket, member: Member, at: Attachment): void {
    member.at = at;
    socket.serializeAttachment(at);
    this.#followed();
  }

  #end(socket: WebSocket, code: number, reason: string): void {
    try {
      socket.close(code, reason);
    } catch {
      // Already closed.
    }
    this.gone(socket);
  }
}

function parse(text: string): z.infer<typeof frame> | undefined {
  try {
    return frame.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The event as it concerns these symbols; undefined when it does not. Gaps and heartbeats concern everybody. */
export function narrowed(event: ClientEvent, wanted: true | readonly string[]): ClientEvent | undefined {
  if (wanted === true || event.type === 'gap' || event.type === 'heartbeat') return event;
  const body = Object.fromEntries(
    Object.entries(event.body).flatMap(([name, value]) => {
      if (!Array.isArray(value)) return [[name, value] as const];
      return [[name, value.filter((one: unknown) => wanted.includes(symbolIn(one)))] as const];
    }),
  );
  const isEmpty = Object.values(body).every((value) => Array.isArray(value) && value.length === 0);
  return isEmpty && event.type === 'update' ? undefined : { ...event, body };
}

/** Of an order, an execution of one, or a position. */
const named = z.object({
  symbol: z.string().optional(),
  order: z.object({ symbol: z.string().optional() }).optional(),
});
function symbolIn(value: unknown): string {
  const { data } = named.safeParse(value);
  return data?.symbol ?? data?.order?.symbol ?? '';
}
