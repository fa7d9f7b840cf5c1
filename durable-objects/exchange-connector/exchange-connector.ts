import { DurableObject } from 'cloudflare:workers';
import { now } from '../../shared/clock.ts';
import type { LoginIntent } from '../../shared/vault/exchange-login.ts';
import type { Actor } from '../../shared/vault/request.ts';
import type { ObjectEnv } from '../bindings.ts';
import { migrate } from '../storage/migrate.ts';
import { tenantAccountId } from '../../shared/keys/account-ids.ts';
import { vaultOf } from '../rpc/vault-stubs.ts';
import { ABORT } from '../../shared/testing/connector-abort.ts';
import { ExchangeCalls, noRelay } from './desk/exchange-calls.ts';
import type { AskReply, AskRequest } from '../../shared/relay/ask-request.ts';
import type { ExchangeConnectorApi } from './api.ts';
import { StreamClients } from './clients/stream-clients.ts';
import { DeskSession, type LoginResult } from './desk/desk-session.ts';
import { DeskUse } from './desk/desk-use.ts';
import { DeskUser } from './desk/desk-user.ts';
import { DIAL_PATH, TOKEN_ID } from '../../shared/relay/dial-address.ts';
import { DialIn } from './relay/dial-in.ts';
import { DialledTransport } from './relay/dialled-transport.ts';
import { executionsSince } from './streams/executions-since.ts';
import { HttpTransport } from './relay/http-transport.ts';
import { InstrumentTable } from './lookups/instruments.ts';
import { Lookups } from './lookups/lookups.ts';
import type { LookupAnswer } from '../../shared/relay/lookup-answer.ts';
import { OrderWatch } from './lookups/order-watch.ts';
import { priceScales } from './lookups/price-scales.ts';
import { RelayFeed } from './relay/relay-feed.ts';
import { RelaySession } from './relay/relay-session.ts';
import type { RelayCall } from './relay/relay-transport.ts';
import type { RelayReply } from '../../shared/relay/relay-reply.ts';
import { relayWay, type RelayWay } from '../relay-access/relay-way.ts';
import { migrations } from './schema.ts';
import { Streams } from './streams/streams.ts';
import type { OrderRef } from '../../shared/relay/found-order.ts';
import type { FoundOrder } from '../trading-account/api.ts';

/** The watchdog's round: a connection that died with its object is opened again within it. */
const WATCH_MS = 15_000;
/** Where the relay opens it and asks for its tokens in time, there is little to watch, and the object may hibernate. */
const WATCH_DIALLED_MS = 300_000;

/**
 * One desk at the exchange, named `<tenant>/<environment>` (docs/exchange.md): its token, its session with the
 * relay, the edge copy of its orders, positions and books, and the clients that follow them.
 */
export class ExchangeConnector extends DurableObject<ObjectEnv> implements ExchangeConnectorApi {
  readonly #way: RelayWay | undefined;
  /** For a relay that dials in. */
  readonly #dialIn: DialIn | undefined;
  readonly #use: DeskUse;
  readonly #session: DeskSession;
  readonly #user: DeskUser;
  readonly #link: RelaySession;
  readonly #asking: ExchangeCalls;
  readonly #streams: Streams;
  readonly #clients: StreamClients;
  readonly #feed: RelayFeed;
  readonly #lookups: Lookups;
  readonly #instruments: InstrumentTable;
  readonly #orders: OrderWatch;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    migrate(ctx.storage, migrations);
    const desk = ctx.id.name ?? '';
    const [tenant = ''] = desk.split('/');
    const ask = (request: AskRequest): Promise<AskReply> => this.ask(request);
    this.#way = relayWay(env, tenant);
    const dialled = this.#way === 'dialled' ? new DialledTransport(ctx, env, desk) : undefined;
    const transport = dialled ?? new HttpTransport(env, desk);
    this.#dialIn = dialled && new DialIn(ctx, dialled.line);
    const call = (asked: RelayCall): Promise<RelayReply> => this.#link.call(asked);
    const scope = { tenant, account: tenantAccountId(tenant) };
    this.#use = new DeskUse(ctx.storage, dialled ? WATCH_DIALLED_MS : WATCH_MS);
    this.#instruments = new InstrumentTable(ctx.storage.sql);
    this.#session = new DeskSession({ vault: vaultOf(env), scope, desk }, call);
    this.#streams = new Streams({
      storage: ctx.storage,
      tell: (event) => {
        this.#clients.tell(event);
        this.#orders.release();
      },
      executionsSince: (since) => executionsSince(ask, since),
    });
    this.#orders = new OrderWatch(this.#streams.copy, ask);
    this.#clients = new StreamClients(ctx, env, this.#streams, () => this.#feed.followBooks());
    this.#feed = new RelayFeed({
      session: this.#session,
      streams: this.#streams,
      link: () => this.#link,
      books: () => this.#clients.books,
    });
    this.#lookups = new Lookups({
      sql: ctx.storage.sql,
      streams: this.#streams,
      instruments: this.#instruments,
      isLive: (stream) => this.#feed.isLive(stream),
      ask: (rpc, body, actor) =>
        ask({ path: `/api/v1beta1/${rpc}`, body: JSON.stringify(body), actor, auth: 'desk' }),
    });
    this.#link = new RelaySession(transport, () => this.#use.sessionId(), this.#feed);
    this.#user = new DeskUser(ctx.storage, this.#streams, this.#use);
    const isUnsure = this.#user.begin();
    this.#asking = new ExchangeCalls({
      call,
      session: this.#session,
      renewed: (ready) => this.#feed.hand(ready),
    });
    this.#link.start();
    if (isUnsure) this.#link.restart();
    if (this.#isWanted() && this.#way !== undefined) this.#link.ensure();
  }

  /** Asks the exchange. A failure means that nothing was sent. */
  async ask(request: AskRequest): Promise<AskReply> {
    if (this.#way === undefined) return noRelay;
    await this.#touch();
    return this.#asking.ask(request);
  }

  /** Answers a lookup from the copy where that is sound, else from the exchange within the desk's budget. */
  async lookUp(
    rpc: string,
    body: Readonly<Record<string, unknown>>,
    actor: Actor,
    fresh: boolean,
  ): Promise<LookupAnswer> {
    if (this.#way === undefined) return noRelay;
    await this.#touch();
    if (!this.#link.isUp) await this.#link.ready();
    return this.#lookups.answer(rpc, body, actor, fresh);
  }

  /**
   * The order of a command that was sent at `sentAt` (Unix ms), by the caller's id or its own; null where there is none,
   * undefined where nobody can say now. To another user than the one who sent it, its orders are nobody's, and one of
   * the same `clord_id` is another.
   */
  async findOrder(
    ref: OrderRef,
    actor: Actor,
    auth: AskRequest['auth'],
    sentAt: number,
  ): Promise<FoundOrder | null | undefined> {
    const found = await this.#orders.find(ref, actor, auth);
    return auth !== 'desk' || this.#user.sentAt(sentAt) ? found : undefined;
  }

  /** The first state that the stream tells of an order, within a bound; undefined when it tells none by then. */
  awaitOrder(orderId: string, withinMs: number): ReturnType<OrderWatch['first']> {
    return this.#orders.first(orderId, withinMs);
  }

  /** `price_scale` of each instrument that is known, by symbol; those that are not are left out. */
  priceScales(
    symbols: readonly string[],
    actor: Actor,
    auth: AskRequest['auth'],
  ): Promise<Readonly<Record<string, string>>> {
    return priceScales(this.#instruments, (request) => this.ask(request), symbols, { actor, auth });
  }

  /** Logs the desk in, or registers it, with what the vault then keeps. */
  async keep(intent: LoginIntent, actor: Actor): Promise<LoginResult> {
    if (this.#way === undefined) return noRelay;
    await this.#touch();
    const settled = await this.#user.during(intent, () => this.#session.keep(intent, actor));
    if (settled.ok && this.#user.take(intent)) this.#link.restart();
    if (settled.ok && settled.step.state === 'ready') this.#feed.hand(settled.step);
    return settled;
  }

  /**
   * Takes a client's websocket, which the gateway has admitted and counts by `id` at `gate`; or, at `DIAL_PATH`, a
   * relay's, whose token it has verified.
   */
  override async fetch(request: Request): Promise<Response> {
    if (INSTRUMENTED && request.url === ABORT) this.ctx.abort('aborted by a test');
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === DIAL_PATH)
      return this.#dialIn?.take(searchParams.get(TOKEN_ID) ?? '') ?? new Response(null, { status: 404 });
    await this.#touch();
    return this.#clients.accept(searchParams.get('id') ?? '', searchParams.get('gate') ?? '');
  }

  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    if (this.#dialIn?.holds(socket) === true) await this.#dialIn.hear(socket, message);
    else this.#clients.hear(socket, message);
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#gone(socket);
    // 1005 and 1006 are what a close without a code looks like; they must not be sent.
    socket.close(code === 1005 || code === 1006 ? 1000 : code, reason);
  }

  override webSocketError(socket: WebSocket): void {
    this.#gone(socket);
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
    if (this.#way === undefined || !this.#isWanted()) {
      this.#link.stop();
      return;
    }
    await this.#use.watchAgain();
    this.#link.ensure();
    this.#feed.followBooks();
    this.#streams.copy.sweep(now());
    // A relay that dialled in is not asked for in vain: it says when it wants a token.
    if (this.#link.isUp && this.#dialIn === undefined) await this.#feed.renew();
  }

  #gone(socket: WebSocket): void {
    if (this.#dialIn?.holds(socket) === true) this.#dialIn.gone(socket);
    else this.#clients.gone(socket);
  }

  #isWanted(): boolean {
    return this.#clients.size > 0 || this.#use.isRecent;
  }

  /** The desk is in use: its session is opened, and the watchdog set. */
  async #touch(): Promise<void> {
    this.#link.ensure();
    await this.#use.touch();
  }
}
