import { DurableObject } from 'cloudflare:workers';
import * as z from 'zod';
import { machineTime, now } from '../../shared/clock.ts';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import type { FromRelay } from '../../shared/relay/frames.ts';
import { REST_PREFIX } from '../../shared/relay/routes.ts';
import type { SessionIntent } from '../../shared/vault/exchange-session.ts';
import type { Actor } from '../../shared/vault/request.ts';
import { Circuit } from '../../shared/venues/http/circuit.ts';
import type { Env } from '../../workers/gateway/env.ts';
import { migrate } from '../storage/migrate.ts';
import { accountOf } from '../tenant/profile.ts';
import type { OrderRef } from '../trading-account/exchange/model.ts';
import { foundOrder, type FoundOrder } from '../trading-account/exchange/settle.ts';
import { vaultOf } from '../vault-stubs.ts';
import { Clients } from './clients.ts';
import { DeskSession, type Ready, type Settled } from './desk-session.ts';
import { HttpTransport } from './http-transport.ts';
import { InstrumentTable, instrumentList } from './instruments.ts';
import { Lookups, type Looked } from './lookups.ts';
import { hasRelay } from './relay-keys.ts';
import { RelaySession } from './relay-session.ts';
import { notSent, type RelayReply, type RelayTransport } from './relay-transport.ts';
import { meaningOf } from './replies.ts';
import { migrations } from './schema.ts';
import { deskStreams, Streams } from './streams.ts';
import { bookStream, executionPage, isOpen, symbolOf, type Execution, type Order } from './wire.ts';

/** One call of the exchange's REST on behalf of a desk. */
export interface AskRequest {
  /** `/api/v1beta1/insert_order`. */
  readonly path: string;
  /** JSON. */
  readonly body: string;
  readonly actor: Actor;
  /**
   * `none`: a call without a token. `desk`: the vault's. Else one of the caller's own, sealed to the relay; `identity`
   * tells its user from others.
   */
  readonly auth: 'none' | 'desk' | { readonly sealed: string; readonly identity: string };
}

export type Asked = ({ readonly ok: true } & RelayReply) | Failure;

/** `order`, singular, is the exchange's name for the list. */
const searched = z.object({ order: z.array(foundOrder).default([]) });

const noRelay = failure('NOT_SUPPORTED', { message: 'This deployment has no relay to the exchange' });

/** The connector's own questions, in the vault's audit chain. */
const self: Actor = { keyId: 'connector', requestId: 'connector' };

/** A request waits so long for the relay to be there. */
const READY_MS = 3_000;
/** The watchdog's round: a connection that died with its object is opened again within it. */
const WATCH_MS = 15_000;
/** Without clients and questions for so long, a desk's streams are given up. */
const IDLE_MS = 15 * 60_000;
/** How often it is written that a desk is in use. */
const TOUCH_MS = 60_000;
/** A question and its answer may cross: longer than the way to the relay, shorter than its patience. */
const CROSSING_MS = 2_000;
/** Pages of executions after a gap; a desk that traded more within it needs more rounds. */
const PAGE = 500;

/**
 * One desk at the exchange, named `<tenant>/<environment>` (design, sections 4 and 9): its token, its session with the
 * relay, the edge copy of its orders, positions and books, and the clients that follow them.
 */
export class ExchangeConnector extends DurableObject<Env> {
  readonly #transport: RelayTransport;
  readonly #session: DeskSession;
  readonly #link: RelaySession;
  readonly #streams: Streams;
  readonly #clients: Clients;
  readonly #lookups: Lookups;
  readonly #instruments: InstrumentTable;
  readonly #circuit = new Circuit(now);
  /** Streams that the exchange serves just now. */
  readonly #live = new Set<string>();
  /** Books that are open at the relay. */
  readonly #openBooks = new Set<string>();
  readonly #awaiting = new Set<{ readonly id: string; readonly done: () => void }>();
  #epoch = '';
  #credential: Ready | undefined;
  #handedAt = Number.NEGATIVE_INFINITY;
  #touchedAt = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, migrations);
    const desk = ctx.id.name ?? '';
    const [tenant = ''] = desk.split('/');
    this.#instruments = new InstrumentTable(ctx.storage.sql);
    this.#transport = new HttpTransport(env, desk);
    const scope = { tenant, account: accountOf(tenant) };
    this.#session = new DeskSession({ vault: vaultOf(env), scope, desk }, this.#transport);
    this.#streams = new Streams({
      storage: ctx.storage,
      tell: (event) => {
        this.#clients.tell(event);
        this.#release();
      },
      executionsSince: (since) => this.#executionsSince(since),
    });
    this.#clients = new Clients(ctx, env, this.#streams, () => this.#followBooks());
    this.#lookups = new Lookups({
      sql: ctx.storage.sql,
      streams: this.#streams,
      instruments: this.#instruments,
      isLive: (stream) => this.#isLive(stream),
      ask: (rpc, body, actor) =>
        this.ask({ path: `/api/v1beta1/${rpc}`, body: JSON.stringify(body), actor, auth: 'desk' }),
    });
    this.#link = new RelaySession(this.#transport, this.#sessionId(), {
      up: (epoch) => this.#up(epoch),
      frame: (frame) => this.#frame(frame),
      down: () => {
        this.#live.clear();
        this.#openBooks.clear();
      },
    });
    if (this.#isWanted() && hasRelay(env)) this.#link.ensure();
  }

  /** Asks the exchange. A failure means that nothing was sent. */
  async ask({ path, body, actor, auth }: AskRequest): Promise<Asked> {
    if (!hasRelay(this.env)) return noRelay;
    await this.#touch();
    const call = { path: `${REST_PREFIX}${path}`, body };
    if (auth === 'none') return this.#call(call);
    if (auth !== 'desk') return this.#call({ ...call, credential: auth.sealed });
    const first = await this.#session.credential(actor);
    if (!first.ok) return first;
    const reply = await this.#call({ ...call, credential: first.ready.sealed });
    if (reply.outcome !== 'answered' || reply.status !== 401) return reply;
    // The exchange has not looked at the request: with another token it may be said again.
    const again = await this.#session.credential(actor, first.ready);
    if (!again.ok) return again;
    this.#hand(again.ready);
    return this.#call({ ...call, credential: again.ready.sealed });
  }

  /** Answers a lookup from the copy where that is sound, else from the exchange within the desk's budget. */
  async lookUp(
    rpc: string,
    body: Readonly<Record<string, unknown>>,
    actor: Actor,
    fresh: boolean,
  ): Promise<Looked> {
    if (!hasRelay(this.env)) return noRelay;
    await this.#touch();
    if (!this.#link.isUp) await this.#link.ready(READY_MS);
    return this.#lookups.answer(rpc, body, actor, fresh);
  }

  /** An order by the caller's id or its own; null where there is none, undefined where nobody can say now. */
  async findOrder(
    { clordId, orderId }: OrderRef,
    actor: Actor,
    auth: AskRequest['auth'],
  ): Promise<FoundOrder | null | undefined> {
    if (auth === 'desk') {
      const told = this.#told(
        clordId === undefined ? { ...(orderId !== undefined && { orderId }) } : { clordId },
      );
      // What the stream told of an order stands; of a cancel only its end says anything.
      if (told && (clordId !== undefined || !isOpen(told.order))) return told.order;
    }
    const wanted = clordId === undefined ? { order_id: orderId } : { clord_id: clordId };
    const path = '/api/v1beta1/search_orders';
    const reply = await this.ask({ path, body: JSON.stringify({ ...wanted, page_size: 1 }), actor, auth });
    const meaning = reply.ok ? meaningOf(reply) : undefined;
    const found = meaning?.kind === 'body' ? searched.safeParse(meaning.body) : undefined;
    return found?.success ? (found.data.order[0] ?? null) : undefined;
  }

  /** The first state that the stream tells of an order, within a bound; undefined when it tells none by then. */
  async awaitOrder(
    orderId: string,
    withinMs: number,
  ): Promise<{ readonly order: Order; readonly text?: string } | undefined> {
    const told = this.#told({ orderId });
    if (told || withinMs <= 0) return told;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#awaiting.delete(waiting);
        resolve();
      };
      const waiting = { id: orderId, done };
      const timer = setTimeout(done, withinMs);
      this.#awaiting.add(waiting);
    });
    return this.#told({ orderId });
  }

  /** `price_scale` of each instrument that is known, by symbol; those that are not are left out. */
  async priceScales(
    symbols: readonly string[],
    actor: Actor,
    auth: AskRequest['auth'],
  ): Promise<Readonly<Record<string, string>>> {
    const missing = symbols.filter((symbol) => this.#instruments.find(symbol) === undefined);
    if (missing.length > 0) {
      const body = JSON.stringify({ symbols: missing, page_size: missing.length });
      const reply = await this.ask({ path: '/api/v1beta1/list_instruments', body, actor, auth });
      const meaning = reply.ok ? meaningOf(reply) : undefined;
      const list = meaning?.kind === 'body' ? instrumentList.safeParse(meaning.body) : undefined;
      if (list?.success) this.#instruments.put(list.data.instruments);
    }
    const known = symbols.map((symbol) => [symbol, this.#instruments.find(symbol)?.price_scale] as const);
    return Object.fromEntries(
      known.flatMap(([symbol, scale]) => (scale === undefined ? [] : [[symbol, scale] as const])),
    );
  }

  /** Logs the desk in, or registers it, with what the vault then keeps. */
  async keep(intent: SessionIntent, actor: Actor): Promise<Settled> {
    if (!hasRelay(this.env)) return noRelay;
    const settled = await this.#session.keep(intent, actor);
    if (settled.ok && settled.step.state === 'ready') {
      await this.#touch();
      this.#hand(settled.step);
    }
    return settled;
  }

  /** Takes a client's websocket; the gateway has admitted it, and counts it by `id` at `gate`. */
  override async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    await this.#touch();
    return this.#clients.accept(searchParams.get('id') ?? '', searchParams.get('gate') ?? '');
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#clients.hear(socket, message);
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#clients.gone(socket);
    // 1005 and 1006 are what a close without a code looks like; they must not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code, reason);
  }

  override webSocketError(socket: WebSocket): void {
    this.#clients.gone(socket);
  }

  /** Which of these client sockets are open here. */
  held(ids: readonly string[]): readonly string[] {
    return this.#clients.held(ids);
  }

  /** Closes client sockets whose key is no longer good. */
  dismiss(ids: readonly string[]): void {
    this.#clients.dismiss(ids);
  }

  /** The watchdog: keeps the session up while anybody wants it. Idempotent. */
  override async alarm(): Promise<void> {
    if (!hasRelay(this.env) || !this.#isWanted()) {
      this.#link.stop();
      return;
    }
    await this.ctx.storage.setAlarm(machineTime(now() + WATCH_MS));
    this.#link.ensure();
    this.#followBooks();
    this.#streams.copy.sweep(now());
    if (this.#link.isUp) await this.#renew();
  }

  async #call(call: Parameters<RelayTransport['call']>[0]): Promise<{ readonly ok: true } & RelayReply> {
    if (this.#circuit.closedIn > 0)
      return { ok: true, ...notSent('the relay does not answer', this.#circuit.closedIn) };
    // Where no session can be had nothing is sent: what is lost on the way would be known only after long.
    if (!(await this.#link.ready(READY_MS))) return { ok: true, ...notSent('the relay cannot be reached') };
    const reply = await this.#transport.call(call);
    if (reply.outcome === 'unknown') this.#circuit.failed();
    return { ok: true, ...reply };
  }

  #up(epoch: string): void {
    this.#epoch = epoch;
    this.#credential = undefined;
    for (const stream of deskStreams) this.#link.send(this.#streams.open(stream));
    this.#followBooks();
    void this.#renew();
  }

  async #frame(frame: FromRelay): Promise<void> {
    switch (frame.type) {
      case 'opened':
        this.#streams.opened(frame, this.#epoch);
        return;
      case 'item':
        await this.#streams.apply(frame);
        this.#link.send({ type: 'ack', stream: frame.stream, seq: frame.seq });
        return;
      case 'gap':
        this.#streams.gap(frame);
        return;
      case 'state':
        if (frame.live) this.#live.add(frame.stream);
        else this.#live.delete(frame.stream);
        return;
      case 'close':
        this.#live.delete(frame.stream);
        this.#openBooks.delete(symbolOf(frame.stream) ?? '');
        return;
      case 'credential_wanted':
        // Not waited for: items go on meanwhile. One that crossed ours on the way is asked again if it was meant.
        if (now() - this.#handedAt > CROSSING_MS) void this.#renew(true);
        return;
      // Answered by the session itself.
      case 'hello':
      case 'reply':
      case 'ping':
      case 'pong':
        return;
      default:
        frame satisfies never;
    }
  }

  /** Hands the relay a token for the streams; without a login there is none, and none is waited for. */
  async #renew(wanted = false): Promise<void> {
    const credential = await this.#session.credential(self, wanted ? this.#credential : undefined);
    if (credential.ok) this.#hand(credential.ready);
  }

  #hand(ready: Ready): void {
    if (!this.#link.isUp || ready === this.#credential) return;
    this.#credential = ready;
    this.#handedAt = now();
    this.#link.send({ type: 'credential', sealed: ready.sealed });
  }

  /** One subscription upstream for each book that somebody follows, and none for others. */
  #followBooks(): void {
    if (!this.#link.isUp) return;
    const wanted = this.#clients.books;
    for (const symbol of wanted) {
      if (this.#openBooks.has(symbol)) continue;
      this.#openBooks.add(symbol);
      this.#link.send(this.#streams.open(bookStream(symbol)));
    }
    for (const symbol of this.#openBooks) {
      if (wanted.has(symbol)) continue;
      this.#openBooks.delete(symbol);
      this.#link.send({ type: 'close', stream: bookStream(symbol) });
    }
  }

  async #executionsSince(since: string): Promise<readonly Execution[]> {
    const found: Execution[] = [];
    for (let token = ''; ;) {
      const body = JSON.stringify({
        start_time: since,
        page_size: PAGE,
        ...(token !== '' && { page_token: token }),
      });
      const reply = await this.ask({
        path: '/api/v1beta1/search_executions',
        body,
        actor: self,
        auth: 'desk',
      });
      const meaning = reply.ok ? meaningOf(reply) : undefined;
      if (meaning?.kind !== 'body') throw new Error('the executions of a gap could not be looked up');
      const page = executionPage.parse(meaning.body);
      found.push(...page.executions);
      if (page.next_page_token === '') return found;
      token = page.next_page_token;
    }
  }

  #isLive(stream: string): boolean {
    const { loaded, gapped } = this.#streams.cursor(stream);
    return this.#link.isUp && this.#live.has(stream) && loaded && !gapped;
  }

  #told({ clordId, orderId }: OrderRef): ReturnType<Streams['copy']['order']> {
    if (clordId !== undefined) return this.#streams.copy.order('clord_id', clordId);
    return orderId === undefined ? undefined : this.#streams.copy.order('id', orderId);
  }

  #release(): void {
    for (const { id, done } of this.#awaiting) if (this.#streams.copy.order('id', id)) done();
  }

  #isWanted(): boolean {
    const usedAt = this.ctx.storage.kv.get<number>('used_at') ?? 0;
    return this.#clients.size > 0 || now() - usedAt < IDLE_MS;
  }

  /** The desk is in use: its session is opened, and the watchdog set. */
  async #touch(): Promise<void> {
    this.#link.ensure();
    const at = now();
    if (Math.abs(at - this.#touchedAt) < TOUCH_MS) return;
    this.#touchedAt = at;
    this.ctx.storage.kv.put('used_at', at);
    await this.ctx.storage.setAlarm(machineTime(at + WATCH_MS));
  }

  #sessionId(): string {
    const { kv } = this.ctx.storage;
    const known = kv.get<string>('session');
    if (known !== undefined) return known;
    const made = crypto.randomUUID();
    kv.put('session', made);
    return made;
  }
}
