import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../../workers/gateway/env.ts';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import { PolymarketMarketData } from '../../shared/venues/polymarket/market-data.ts';
import type { FeedItem } from '../market-feed/delivery.ts';
import { accountObject, keyGate, marketFeed } from '../stubs.ts';
import type { AccountText } from '../trading-account/sockets.ts';
import { HANDOVER_HEADER, type Attachment, type Handover } from './attachment.ts';
import { CLOSE } from './close-codes.ts';
import { overLimit, readFrame, type Command, type SignIn, type SubscriptionFrame } from './frames.ts';
import { Member } from './member.ts';
import { Members } from './members.ts';
import { gateOfSignIn } from './sign-in.ts';
import { merged, wantedTokens, without, type Wanted } from './subscriptions.ts';
import { Turns } from './turns.ts';

/** One object carries 32,768 sockets at most [docs]; well below, so that a fan-out stays short. */
const MAX_SOCKETS = 10_000;
/** The largest frame a client needs is about 8 KB: 100 token ids. */
const MAX_FRAME_LENGTH = 16 * 1024;
/** The venue's clients send their credentials as soon as the socket is open. */
const SIGN_IN_WITHIN_MS = 10_000;
/** How often a lagging client gets whole books. */
const CATCH_UP_EVERY_MS = 1_000;

/**
 * Client sockets, whichever channel they are on, `hub:<number>`. It sleeps between events; feeds and accounts
 * wake it with what they have. All that it must remember is attached to the sockets themselves.
 */
export class SocketHub extends DurableObject {
  readonly #name: string;
  readonly #members = new Members();
  readonly #marketData: PolymarketMarketData;
  /** Calls to feeds and accounts. */
  readonly #turns = new Turns();
  #catchingUp = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#name = ctx.id.name ?? '';
    this.#marketData = new PolymarketMarketData(env.POLYMARKET_CLOB_URL);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('PING', 'PONG'));
    for (const socket of ctx.getWebSockets()) {
      // Written by Member.save, the only writer.
      this.#members.add(this.#member(socket, socket.deserializeAttachment() as Attachment));
    }
    // Snapshots that were under way when the hub went are asked for again.
    if ([...this.#members.all()].some(({ at }) => at.followed.some(({ live }) => !live))) this.#catchUpSoon();
  }

  /** Takes over a client's socket from the gateway. */
  override async fetch(request: Request): Promise<Response> {
    const handover = JSON.parse(request.headers.get(HANDOVER_HEADER) ?? '{}') as Handover;
    const { 0: client, 1: server } = new WebSocketPair();
    const mustSignIn = handover.channel === 'user' && handover.account === undefined;
    const member = this.#member(server, {
      id: handover.id,
      channel: handover.channel,
      gate: handover.gate,
      account: undefined,
      markets: [],
      custom: false,
      mustSignInBy: mustSignIn ? Date.now() + SIGN_IN_WITHIN_MS : undefined,
      followed: [],
    });
    this.ctx.acceptWebSocket(server, [handover.channel]);
    member.save();
    this.#members.add(member);
    if (this.#members.size > MAX_SOCKETS) this.#end(member, CLOSE.tryLater, 'full: connect again');
    else if (handover.account !== undefined) await this.#watch(member, handover.account);
    else if (mustSignIn && (await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Date.now() + SIGN_IN_WITHIN_MS);
    }
    return new Response(null, { status: 101, webSocket: client });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const member = this.#of(socket);
    if (!member) return;
    if (!member.hear()) {
      this.#reject(member, failure('RATE_LIMIT_EXCEEDED', { message: 'Too many frames' }), CLOSE.policy);
      return;
    }
    if (typeof data !== 'string') {
      this.#reject(member, failure('VALIDATION_FAILED', { message: 'Frames are text' }), CLOSE.policy);
      return;
    }
    if (data.length > MAX_FRAME_LENGTH) {
      this.#reject(member, failure('PAYLOAD_TOO_LARGE'), CLOSE.tooBig);
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

  /** Ends user sockets that have not said who they are. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    for (const member of this.#members.all()) {
      const by = member.at.mustSignInBy;
      if (by === undefined) continue;
      if (by <= now) this.#reject(member, failure('MISSING_AUTH'), CLOSE.badToken);
      else next = Math.min(next, by);
    }
    if (Number.isFinite(next)) await this.ctx.storage.setAlarm(next);
  }

  /** What a market's feed has for its followers here; false when there is none. */
  deliver(market: string, items: readonly FeedItem[]): boolean {
    const members = this.#members.ofMarket(market);
    for (const item of items) {
      if (item.kind === 'event') for (const member of members) this.#pass(member, market, item);
      else this.#begin(market, item);
    }
    return members.size > 0;
  }

  /** What an account has for its watchers here; false when there is none. */
  announce(account: string, texts: readonly AccountText[]): boolean {
    const members = this.#members.ofAccount(account);
    for (const member of members) {
      const { channel, markets } = member.at;
      for (const { channel: of, market, text } of texts) {
        if (of === channel && (markets.length === 0 || markets.includes(market))) member.send(text);
      }
    }
    return members.size > 0;
  }

  /** Those of the sockets that are open here. */
  held(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => this.#members.find(id) !== undefined);
  }

  /** Closes sockets whose key is no longer good. */
  dismiss(ids: readonly string[]): void {
    for (const id of ids) {
      const member = this.#members.find(id);
      if (member) this.#end(member, CLOSE.badToken, 'the key is no longer good');
    }
  }

  #pass(member: Member, market: string, item: Extract<FeedItem, { kind: 'event' }>): void {
    const followed = member.at.followed.find((entry) => entry.market === market);
    if (followed?.live !== true) return;
    if (member.lagging()) {
      followed.live = false;
      member.save();
      this.#catchUpSoon();
      return;
    }
    if (member.at.channel === 'prices') for (const { text } of item.prices) member.send(text);
    else if (!item.custom || member.at.custom) {
      if (item.tokens.some((token) => followed.tokens.includes(token))) member.send(item.text);
    }
  }

  #begin(market: string, item: Extract<FeedItem, { kind: 'snapshot' }>): void {
    const member = this.#members.find(item.socket);
    const followed = member?.at.followed.find((entry) => entry.market === market);
    if (!member || !followed) return;
    followed.live = true;
    member.save();
    if (member.at.channel === 'prices') for (const { text } of item.prices) member.send(text);
    else for (const { token, text } of item.books) if (followed.tokens.includes(token)) member.send(text);
  }

  async #run(member: Member, command: Command): Promise<void> {
    switch (command.kind) {
      case 'ping':
        member.send(JSON.stringify({ type: 'pong', ts: Date.now() }));
        return;
      case 'sign-in':
        await this.#signIn(member, command.auth, command.markets);
        return;
      case 'subscribe':
      case 'unsubscribe':
        if (member.at.channel === 'user') this.#narrow(member, command.kind, command.frame.markets);
        else if (command.kind === 'subscribe') await this.#subscribe(member, command.frame);
        else this.#unsubscribe(member, command.frame);
    }
  }

  async #subscribe(member: Member, frame: SubscriptionFrame): Promise<void> {
    const { at } = member;
    const tooMany = overLimit(new Set(frame.markets), frame.tokens.length);
    if (tooMany) {
      member.refuse(tooMany);
      return;
    }
    const wanted: Wanted =
      at.channel === 'prices'
        ? new Map(frame.markets.map((market) => [market, []]))
        : await wantedTokens(this.#marketData, frame, (refusal) => member.refuse(refusal));
    // It may have left meanwhile.
    if (this.#members.find(at.id) !== member) return;
    const followed = merged(at.followed, wanted);
    const tokens = followed.flatMap((entry) => entry.tokens);
    const limit = overLimit(new Set(followed.map(({ market }) => market)), tokens.length);
    if (limit) {
      member.refuse(limit);
      return;
    }
    if (frame.custom !== undefined) at.custom = frame.custom;
    at.followed = followed;
    member.save();
    for (const market of wanted.keys()) this.#members.follow(member, market);
    const asked = await Promise.all(
      [...wanted.keys()].map(async (market) => ((await this.#askFeed(member, market)) ? [market] : [])),
    );
    if (at.channel === 'prices') {
      member.send(JSON.stringify({ type: 'subscribed', markets: asked.flat() }));
    }
  }

  /** Asks for a snapshot, and everything after it. Whether the market exists. */
  async #askFeed(member: Member, market: string): Promise<boolean> {
    const result = await this.#turns.run(market, async () => {
      if (!member.at.followed.some((entry) => entry.market === market)) return undefined;
      return marketFeed(this.env, market).subscribe(this.#name, member.at.id);
    });
    if (result?.ok !== false) return result?.ok ?? false;
    this.#leave(member, [market]);
    member.refuse(failure(result.reason, { message: `${market}: no such market` }));
    return false;
  }

  #unsubscribe(member: Member, frame: SubscriptionFrame): void {
    const { rest, gone } = without(member.at.followed, frame);
    member.at.followed = rest;
    this.#leave(member, gone);
    if (member.at.channel === 'prices') member.send(JSON.stringify({ type: 'unsubscribed', markets: gone }));
  }

  #leave(member: Member, markets: readonly string[]): void {
    member.at.followed = member.at.followed.filter(({ market }) => !markets.includes(market));
    member.save();
    for (const market of markets) {
      this.#members.unfollow(member, market);
      this.#leaveFeed(market);
    }
  }

  /** Tells the feed when the last follower here has gone. */
  #leaveFeed(market: string): void {
    if (this.#members.ofMarket(market).size > 0) return;
    this.ctx.waitUntil(
      this.#turns.run(market, async () => {
        if (this.#members.ofMarket(market).size > 0) return;
        await marketFeed(this.env, market).unsubscribe(this.#name);
      }),
    );
  }

  async #signIn(member: Member, auth: SignIn, markets: readonly string[]): Promise<void> {
    const { at } = member;
    at.markets = markets;
    // A second sign-in changes the markets only: a socket belongs to one account for its life.
    if (at.account !== undefined) {
      member.save();
      return;
    }
    const gate = await gateOfSignIn(auth, this.env);
    const grant = gate === undefined ? failure('INVALID_KEY') : await this.#acquire(at.id, gate);
    if (!grant.ok || gate === undefined) {
      const refusal = grant.ok ? failure('INVALID_KEY') : grant;
      const full = refusal.reason === 'RATE_LIMIT_EXCEEDED';
      this.#reject(member, refusal, full ? CLOSE.tooMany : CLOSE.badToken);
      return;
    }
    if (this.#members.find(at.id) !== member) {
      await keyGate(this.env, gate).releaseSocket(at.id);
      return;
    }
    at.gate = gate;
    at.mustSignInBy = undefined;
    await this.#watch(member, grant.principal.account);
  }

  #acquire(id: string, gate: string) {
    return keyGate(this.env, gate).acquireSocket(id, this.#name);
  }

  async #watch(member: Member, account: string): Promise<void> {
    member.at.account = account;
    member.save();
    this.#members.watch(member, account);
    await this.#turns.run(account, () => accountObject(this.env, account).watch(this.#name));
  }

  /** User channel: which markets to show. */
  #narrow(member: Member, kind: 'subscribe' | 'unsubscribe', markets: readonly string[]): void {
    const { at } = member;
    if (at.account === undefined) {
      this.#reject(member, failure('MISSING_AUTH'), CLOSE.badToken);
      return;
    }
    const rest = at.markets.filter((market) => !markets.includes(market));
    const next = kind === 'subscribe' ? [...rest, ...markets] : rest;
    const limit = overLimit(new Set(next), 0);
    if (limit) {
      member.refuse(limit);
      return;
    }
    at.markets = next;
    member.save();
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
    for (const { market } of followed) this.#leaveFeed(market);
    if (account !== undefined) this.#leaveAccount(account);
    if (gate !== undefined) this.ctx.waitUntil(keyGate(this.env, gate).releaseSocket(id));
  }

  #leaveAccount(account: string): void {
    if (this.#members.ofAccount(account).size > 0) return;
    this.ctx.waitUntil(
      this.#turns.run(account, async () => {
        if (this.#members.ofAccount(account).size > 0) return;
        await accountObject(this.env, account).unwatch(this.#name);
      }),
    );
  }

  #catchUpSoon(): void {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    setTimeout(() => {
      this.#catchingUp = false;
      for (const member of this.#members.all()) {
        for (const { market, live } of member.at.followed) {
          if (!live) this.ctx.waitUntil(this.#askFeed(member, market));
        }
      }
    }, CATCH_UP_EVERY_MS);
  }

  #of(socket: WebSocket): Member | undefined {
    const at = socket.deserializeAttachment() as Attachment | null;
    return at === null ? undefined : this.#members.find(at.id);
  }

  #member(socket: WebSocket, at: Attachment): Member {
    return new Member(socket, at, () => this.ctx.getWebSocketAutoResponseTimestamp(socket));
  }
}
