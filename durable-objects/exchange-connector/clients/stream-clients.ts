import { keyGate } from '../../rpc/stubs.ts';
import { CLOSE } from '../../../shared/websockets/close-codes.ts';
import type { ObjectEnv } from '../../bindings.ts';
import {
  attachment,
  MAX_BOOKS,
  readFrame,
  type Attachment,
  type ClientFrame,
  type Subscribe,
} from './client-frames.ts';
import { StreamClient, type StreamClientDependencies } from './stream-client.ts';
import { bookStream, ORDERS, POSITIONS, symbolOf, type ClientEvent } from '../streams/wire.ts';
import type { Streams } from '../streams/streams.ts';

/** Client sockets of a desk: they hibernate, and each is told what it asked for, in order. */
export class StreamClients {
  readonly #ctx: DurableObjectState;
  readonly #env: ObjectEnv;
  readonly #streams: Streams;
  /** Told when the books that somebody follows may have changed. */
  readonly #followed: () => void;
  readonly #members = new Map<WebSocket, StreamClient>();
  readonly #host: StreamClientDependencies;

  constructor(ctx: DurableObjectState, env: ObjectEnv, streams: Streams, followed: () => void) {
    this.#ctx = ctx;
    this.#env = env;
    this.#streams = streams;
    this.#followed = followed;
    this.#host = {
      streams,
      pingedAt: (socket) => ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0,
      tooSlow: ({ socket }) =>
        this.#end(
          socket,
          CLOSE.tooSlow,
          'too slow: 1 MB without a sign of life, or 8 MB without an echo: see docs/exchange.md',
        ),
    };
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('PING', 'PONG'));
    for (const socket of ctx.getWebSockets()) {
      const at = attachment.safeParse(socket.deserializeAttachment());
      if (at.success) this.#members.set(socket, new StreamClient(this.#host, socket, at.data, 0));
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
    const member = new StreamClient(this.#host, server, { id, gate, books: [] }, Date.now());
    member.save(member.at);
    this.#members.set(server, member);
    return new Response(null, { status: 101, webSocket: client });
  }

  hear(socket: WebSocket, message: string | ArrayBuffer): void {
    const member = this.#members.get(socket);
    if (!member) return;
    const frame = readFrame(message);
    if (frame?.op === 'echo') {
      member.echoed(frame.echo);
      return;
    }
    member.alive(Date.now());
    if (frame) this.#serve(member, frame);
    else refuse(member, 'not a frame of this channel');
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
    for (const member of this.#members.values()) {
      if (book === undefined) {
        const wanted = event.stream === ORDERS ? member.at.orders : member.at.positions;
        if (wanted) member.event(event, wanted);
      } else if (member.at.books.includes(book)) member.book(event);
    }
  }

  #serve(member: StreamClient, frame: Exclude<ClientFrame, { readonly op: 'echo' }>): void {
    switch (frame.op) {
      case 'ping':
        member.send({ type: 'pong' });
        return;
      case 'subscribe':
        this.#subscribe(member, frame);
        return;
      case 'unsubscribe':
        if (frame.stream === 'market_data') {
          const ended = frame.symbols && new Set(frame.symbols);
          const books = ended ? member.at.books.filter((one) => !ended.has(one)) : [];
          this.#save(member, { ...member.at, books });
        } else this.#save(member, { ...member.at, [frame.stream]: undefined });
        return;
      default:
        frame satisfies never;
    }
  }

  #subscribe(member: StreamClient, { stream: kind, symbols: named, after }: Subscribe): void {
    if (kind === 'market_data') {
      const books = [...new Set([...member.at.books, ...(named ?? [])])];
      if (named === undefined || named.length === 0 || books.length > MAX_BOOKS) {
        refuse(member, `market_data needs symbols, at most ${MAX_BOOKS} of one socket`);
        return;
      }
      this.#save(member, { ...member.at, books });
      // A book is whole: whoever resumes is served by the newest.
      for (const one of named) member.now(bookStream(one));
      return;
    }
    const wanted = named ?? true;
    this.#save(member, { ...member.at, [kind]: wanted });
    const name = kind === 'orders' ? ORDERS : POSITIONS;
    const { ownSeq, loaded, asOf } = this.#streams.cursor(name);
    if (after === undefined) {
      member.now(name, wanted);
      return;
    }
    const missed = this.#streams.log.after(name, after, ownSeq);
    if (missed) {
      for (const event of missed) member.event(event, wanted);
      return;
    }
    if (!loaded) return;
    member.event({ stream: name, seq: ownSeq, at: asOf ?? '', type: 'gap', body: {} });
    member.now(name, wanted);
  }

  #save(member: StreamClient, at: Attachment): void {
    member.save(at);
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

const refuse = (member: StreamClient, message: string): void =>
  member.send({ type: 'error', code: 'VALIDATION_FAILED', message });
