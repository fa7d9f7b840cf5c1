import { DurableObject } from 'cloudflare:workers';
import type { ObjectEnv } from '../bindings.ts';
import { machineTime, now } from '../../shared/clock.ts';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import { isViewItem } from '../../shared/market-feeds/feed-items.ts';
import { keyGate } from '../rpc/stubs.ts';
import { AccountWatchers } from './account-watchers.ts';
import { HANDOVER_HEADER, type Handover } from '../../shared/websockets/socket-handover.ts';
import type { Attachment } from './attachment.ts';
import { BookFollowers } from './book-followers.ts';
import { CLOSE } from '../../shared/websockets/close-codes.ts';
import { readFrame, type Command } from './frames.ts';
import type { Hub } from './hub.ts';
import { MarketFollowers } from './market-followers.ts';
import { Member } from './member.ts';
import { Members } from './members.ts';
import { RouterClients } from './router-clients.ts';
import { KeyedMutex } from '../../shared/concurrency/keyed-mutex.ts';
import { UsageBook } from './usage-book.ts';
import type { FeedItem } from '../market-feed/api.ts';
import type { AccountText } from '../../shared/websockets/account-text.ts';
import type { SocketHubApi, HubUsage } from './api.ts';

/** One object carries 32,768 sockets at most [docs]; well below, so that a fan-out stays short. */
const MAX_SOCKETS = 10_000;
/** The largest frame a client needs is about 8 KB: 100 token ids. */
const MAX_FRAME_LENGTH = 16 * 1024;
/** The venue's clients send their credentials as soon as the socket is open. */
const SIGN_IN_WITHIN_MS = 10_000;
/** Contract: router, "Websocket". */
const ROUTER_SIGN_IN_WITHIN_MS = 15_000;
/** A handover takes milliseconds; as long as a key's object allows for it (`SETTLING_MS`). */
const ARRIVES_WITHIN_MS = 10_000;
const KEY_LOST = 'the key is no longer good';

/**
 * Client sockets, whichever channel they are on, `hub:<number>`. It sleeps between events; feeds and accounts
 * wake it with what they have. All that it must remember is attached to the sockets themselves.
 */
export class SocketHub extends DurableObject<ObjectEnv> implements SocketHubApi {
  readonly #members = new Members();
  readonly #followers: MarketFollowers;
  readonly #watchers: AccountWatchers;
  readonly #books: BookFollowers;
  readonly #router: RouterClients;
  /** Sockets that lost their key before they arrived here: on their way from the gateway. */
  readonly #dismissed = new Set<string>();

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    const hub: Hub = {
      env,
      name: ctx.id.name ?? '',
      members: this.#members,
      turns: new KeyedMutex(),
      waitUntil: (work) => ctx.waitUntil(work),
      reject: (member, refusal, code) => this.#reject(member, refusal, code),
      end: (member, code, reason) => this.#end(member, code, reason),
      wakeBy: (at) => this.#wakeBy(at),
    };
    this.#followers = new MarketFollowers(hub);
    this.#watchers = new AccountWatchers(hub);
    this.#books = new BookFollowers(hub);
    this.#router = new RouterClients(hub, this.#books, new UsageBook(ctx.storage.kv));
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('PING', 'PONG'));
    for (const socket of ctx.getWebSockets()) {
      // Written by Member.save, the only writer.
      const member = this.#member(socket, socket.deserializeAttachment() as Attachment);
      this.#members.add(member);
      this.#router.count(member);
    }
    this.#followers.resume();
    this.#books.resume();
  }

  /** Takes over a client's socket from the gateway. */
  override async fetch(request: Request): Promise<Response> {
    const handover = JSON.parse(request.headers.get(HANDOVER_HEADER) ?? '{}') as Handover;
    const { 0: client, 1: server } = new WebSocketPair();
    const signInBy = signInDeadline(handover);
    const member = this.#member(server, {
      id: handover.id,
      channel: handover.channel,
      gate: handover.gate,
      wallet: handover.wallet,
      account: undefined,
      markets: undefined,
      custom: false,
      mustSignInBy: signInBy,
      followed: [],
      owner: undefined,
      books: [],
    });
    this.ctx.acceptWebSocket(server, [handover.channel]);
    member.save();
    this.#members.add(member);
    if (this.#dismissed.delete(handover.id)) this.#end(member, CLOSE.badToken, KEY_LOST);
    else if (this.#members.size > MAX_SOCKETS) this.#end(member, CLOSE.tryLater, 'full: connect again');
    else if (handover.account !== undefined) await this.#watchers.watch(member, handover.account);
    else if (signInBy !== undefined) await this.#wakeBy(signInBy);
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const member = this.#of(socket);
    if (!member) return;
    if (member.at.channel === 'router') {
      await this.#router.hear(member, data);
      return;
    }
    if (!member.hear()) {
      this.#reject(member, failure('RATE_LIMIT_EXCEEDED', { message: 'Too many frames' }), CLOSE.policy);
      return;
    }
    if (typeof data !== 'string') {
      this.#reject(member, failure('VALIDATION_FAILED', { message: 'Frames are text' }), CLOSE.policy);
      return;
    }
    if (data.length > MAX_FRAME_LENGTH) {
      this.#reject(
        member,
        failure('PAYLOAD_TOO_LARGE', { message: 'The frame is larger than 16 KB' }),
        CLOSE.tooBig,
      );
      return;
    }
    const command = readFrame(member.at.channel, data);
    if ('reason' in command) {
      this.#reject(member, command, CLOSE.policy);
      return;
    }
    member.turn = member.turn.then(() => this.#run(member, command)).catch(() => this.#fault(member));
    await member.turn;
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    const member = this.#of(socket);
    if (!member) return;
    // 1005 and 1006 are what a close without a code looks like; they must not be sent.
    this.#end(member, code === 1005 || code === 1006 ? 1000 : code, reason);
  }

  override webSocketError(socket: WebSocket): void {
    const member = this.#of(socket);
    if (member) this.#end(member, 1011, 'error');
  }

  /** Ends sockets that have not said who they are, and sends the router's heartbeats. */
  override async alarm(): Promise<void> {
    let next = this.#router.beat() ?? Number.POSITIVE_INFINITY;
    for (const member of this.#members.all()) {
      const by = member.at.mustSignInBy;
      if (by === undefined) continue;
      if (by > now()) next = Math.min(next, by);
      else if (member.at.channel === 'router') this.#router.expire(member);
      else this.#reject(member, failure('MISSING_AUTH'), CLOSE.badToken);
    }
    if (Number.isFinite(next)) await this.#wakeBy(next);
  }

  /** What a market's feed has for its followers here; false when there is none. */
  deliver(market: string, items: readonly FeedItem[]): boolean {
    for (const item of items) {
      if (isViewItem(item)) this.#books.deliver(market, item);
      else this.#followers.deliver(market, item);
    }
    return this.#members.ofMarket(market).size > 0;
  }

  /** What this hub knows of an account's router sockets. */
  usage(account: string): HubUsage {
    return this.#router.usage(account);
  }

  /** What an account has for its watchers here; false when there is none. */
  announce(account: string, id: string, texts: readonly AccountText[]): boolean {
    return this.#watchers.announce(account, id, texts);
  }

  /** Ends the sockets that missed what an account had for them: clients connect again and read what happened. */
  lapse(account: string): void {
    for (const member of this.#members.ofAccount(account)) {
      this.#end(member, CLOSE.tryLater, 'news were lost: connect again, and read what happened');
    }
  }

  /** Those of the sockets that are open here. */
  held(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => this.#members.find(id) !== undefined);
  }

  /** Closes sockets whose key is no longer good. */
  dismiss(ids: readonly string[]): void {
    for (const id of ids) {
      const member = this.#members.find(id);
      if (!member) this.#awaitDismissed(id);
      else if (member.at.channel === 'router') this.#router.dismiss(member, KEY_LOST);
      else this.#end(member, CLOSE.badToken, KEY_LOST);
    }
  }

  /** Closes the sockets of an account that has been closed. */
  dismissAccount(account: string): void {
    for (const member of this.#members.ofAccount(account)) {
      this.#reject(member, failure('WALLET_NOT_FOUND'), CLOSE.badToken);
    }
  }

  /** A key counts its socket before the hub has it, so the end of the key may be here first. */
  #awaitDismissed(id: string): void {
    this.#dismissed.add(id);
    setTimeout(() => this.#dismissed.delete(id), ARRIVES_WITHIN_MS);
  }

  async #run(member: Member, command: Command): Promise<void> {
    switch (command.kind) {
      case 'ping':
        member.send(JSON.stringify({ type: 'pong', ts: Date.now() }));
        return;
      case 'sign-in':
        await this.#watchers.signIn(member, command);
        return;
      case 'subscribe':
      case 'unsubscribe':
        if (member.at.channel === 'user') this.#watchers.narrow(member, command.kind, command.frame.markets);
        else if (command.kind === 'subscribe') await this.#followers.subscribe(member, command.frame);
        else this.#followers.unsubscribe(member, command.frame);
    }
  }

  async #wakeBy(at: number): Promise<void> {
    const wanted = machineTime(at);
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > wanted) await this.ctx.storage.setAlarm(wanted);
  }

  #reject(member: Member, refusal: Failure, code: number): void {
    member.refuse(refusal);
    this.#end(member, code, refusal.reason);
  }

  #fault(member: Member): void {
    this.#reject(member, failure('INTERNAL_ERROR'), CLOSE.tryLater);
  }

  /** Forgets a socket everywhere. Safe to call twice. */
  #end(member: Member, code: number, reason: string): void {
    member.close(code, reason);
    const { id, gate, account, followed } = member.at;
    if (this.#members.find(id) !== member) return;
    this.#members.remove(member);
    for (const { market } of followed) this.#followers.leaveFeed(market);
    this.#router.gone(member);
    if (account !== undefined) this.#watchers.leave(account);
    if (gate !== undefined) this.ctx.waitUntil(keyGate(this.env, gate).releaseSocket(id));
  }

  #of(socket: WebSocket): Member | undefined {
    const at = socket.deserializeAttachment() as Attachment | null;
    return at === null ? undefined : this.#members.find(at.id);
  }

  #member(socket: WebSocket, at: Attachment): Member {
    const member = new Member(socket, at, () => this.ctx.getWebSocketAutoResponseTimestamp(socket));
    // Its close may never be answered; its place is its key's again at once.
    member.onTooSlow = () => this.#end(member, CLOSE.tooSlow, 'too slow');
    return member;
  }
}

/** By when a socket must have said who it is, Unix ms; undefined where the gateway knows already. */
function signInDeadline({ channel, account }: Handover): number | undefined {
  if (channel === 'router') return now() + ROUTER_SIGN_IN_WITHIN_MS;
  return channel === 'user' && account === undefined ? now() + SIGN_IN_WITHIN_MS : undefined;
}
