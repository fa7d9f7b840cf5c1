import { now } from '../../shared/clock.ts';
import { sha256Hex } from '../../shared/keys/digest.ts';
import { isWellFormedKey } from '../../shared/keys/key-format.ts';
import { marketOfFeed, parsecIdOf } from '../../shared/market-feeds/feed-name.ts';
import { viewSpec } from '../../shared/websockets/book-view.ts';
import { keyGate } from '../rpc/stubs.ts';
import { refuse, type BookFollowers } from './book-followers.ts';
import { CLOSE } from '../../shared/websockets/close-codes.ts';
import type { Hub } from './hub.ts';
import type { Member } from './member.ts';
import { CODE, readRouterFrame, type RouterCommand } from './router-frames.ts';
import type { UsageBook } from './usage-book.ts';
import type { HubUsage } from './api.ts';

/** 50 markets with their names are about 9 KB. */
const MAX_FRAME_LENGTH = 16 * 1024;
/** Often enough for the proxies on the way, which close what is quiet for a minute. */
const HEARTBEAT_EVERY_MS = 30_000;
/** A client that has owed a sign of life for so long reads nothing, and its frames wait in our memory. */
const TOO_SLOW_AFTER_MS = 60_000;

/** Clients of `/ws`: their frames, whose they are, and their heartbeat. */
export class RouterClients {
  readonly #hub: Hub;
  readonly #books: BookFollowers;
  readonly #usage: UsageBook;
  #beatAt = 0;

  constructor(hub: Hub, books: BookFollowers, usage: UsageBook) {
    this.#hub = hub;
    this.#books = books;
    this.#usage = usage;
  }

  /** Counts what is sent to a client that has signed in. */
  count(member: Member): void {
    const account = member.at.owner?.account;
    if (account === undefined) return;
    member.onSent = (length) => {
      const counters = this.#usage.moving(account);
      counters.messages_sent_total += 1;
      counters.bytes_sent_total += length;
    };
  }

  /** A frame of a client. Frames are counted as they come and dealt with one after the other. */
  hear(member: Member, data: string | ArrayBuffer): Promise<void> {
    const inTime = member.hear();
    const owed = this.#books.heard(member);
    if (member.flooding()) {
      this.#hub.end(member, CLOSE.policy, 'too many frames');
    } else if (!inTime) {
      refuse(member, CODE.rateLimited, 'too many frames');
    } else if (typeof data === 'string' && data.length > MAX_FRAME_LENGTH) {
      refuse(member, CODE.rateLimited, 'the frame is larger than 16 KB');
      this.#hub.end(member, CLOSE.tooBig, 'frame too large');
    } else {
      const command = typeof data === 'string' ? readRouterFrame(data) : undefined;
      member.turn = member.turn.then(() => this.#run(member, command)).catch(() => this.#fault(member));
    }
    // Whoever lives and does not ask gets what it missed all the same.
    if (owed) member.turn = member.turn.then(() => this.#books.catchUp(member));
    return member.turn;
  }

  #fault(member: Member): void {
    this.#hub.end(member, CLOSE.tryLater, 'internal error: connect again');
  }

  async #run(member: Member, command: RouterCommand | undefined): Promise<void> {
    if (command?.kind === 'auth') {
      await this.#signIn(member, command.key);
    } else if (!member.at.owner) {
      refuse(member, CODE.auth, 'authentication required: {"type":"auth","api_key":"…"}');
    } else if (!command) {
      refuse(
        member,
        CODE.invalidMarket,
        'a frame is {"type":"subscribe"|"unsubscribe","markets":[…]} or a resync',
      );
    } else if (command.kind === 'resync') {
      await this.#books.resync(member, command.markets);
    } else if (command.kind === 'subscribe') {
      this.#usage.moving(member.at.owner.account).subscribe_requests_total += 1;
      await this.#books.subscribe(member, command.markets);
    } else {
      this.#usage.moving(member.at.owner.account).unsubscribe_requests_total += 1;
      this.#books.unsubscribe(member, command.markets);
    }
  }

  async #signIn(member: Member, key: string): Promise<void> {
    const { at } = member;
    if (at.owner) {
      refuse(member, CODE.auth, 'already authenticated');
      return;
    }
    const { env, name, members } = this.#hub;
    const gate = isWellFormedKey(key) ? await sha256Hex(key) : undefined;
    const grant = gate === undefined ? undefined : await keyGate(env, gate).acquireSocket(at.id, name);
    if (gate === undefined || grant?.ok !== true) {
      const full = grant?.ok === false && grant.reason === 'RATE_LIMIT_EXCEEDED';
      await this.#refuseKey(member, gate, full ? grant.message : undefined);
      return;
    }
    if (members.find(at.id) !== member) {
      await keyGate(env, gate).releaseSocket(at.id);
      return;
    }
    const { account, customer, tenant } = grant.principal;
    // From here on the socket's end gives its place back.
    at.gate = gate;
    at.owner = { account, customer: customer ?? tenant };
    at.mustSignInBy = undefined;
    member.save();
    this.#usage.moving(account).connections_opened_total += 1;
    this.count(member);
    member.send(JSON.stringify({ type: 'auth_ok', customer_id: at.owner.customer }));
    await this.#hub.wakeBy(now() + HEARTBEAT_EVERY_MS);
  }

  /** `tooMany`: the key is good and has no place left, which passes; `auth_error` would tell clients to give up. */
  async #refuseKey(member: Member, gate: string | undefined, tooMany: string | undefined): Promise<void> {
    const owner = gate === undefined ? undefined : await keyGate(this.#hub.env, gate).identity();
    if (owner) this.#usage.moving(owner.account).auth_failures_total += 1;
    if (tooMany === undefined) this.dismiss(member, 'invalid API key');
    else {
      refuse(member, CODE.rateLimited, tooMany);
      this.#hub.end(member, CLOSE.tooMany, tooMany);
    }
  }

  /** The key is not good, or no longer. */
  dismiss(member: Member, message: string): void {
    member.send(JSON.stringify({ type: 'auth_error', code: CODE.badKey, message }));
    this.#hub.end(member, CLOSE.badToken, message);
  }

  /** The client has not said who it is in time. */
  expire(member: Member): void {
    refuse(member, CODE.auth, 'authentication required within 15 s');
    this.#hub.end(member, CLOSE.badToken, 'authentication timeout');
  }

  /** The client's socket has ended. */
  gone(member: Member): void {
    this.#books.forget(member.at.books);
    if (member.at.owner) this.#usage.moving(member.at.owner.account).connections_closed_total += 1;
  }

  /** Sends heartbeats when they are due. When to be asked again, Unix ms; undefined when there is nobody. */
  beat(): number | undefined {
    const signedIn = [...this.#hub.members.all()].filter(({ at }) => at.owner !== undefined);
    if (signedIn.length === 0) return undefined;
    const due = this.#beatAt + HEARTBEAT_EVERY_MS;
    if (due > now()) return due;
    this.#beatAt = now();
    const text = JSON.stringify({ type: 'heartbeat', ts_ms: now() });
    for (const member of signedIn) {
      if (this.#books.owes(member) < TOO_SLOW_AFTER_MS) member.send(text);
      else this.#hub.end(member, CLOSE.tooSlow, 'resync_required was not answered');
    }
    return now() + HEARTBEAT_EVERY_MS;
  }

  usage(account: string): HubUsage {
    const members = [...this.#hub.members.all()].filter(({ at }) => at.owner?.account === account);
    const subscriptions = members.flatMap(({ at }) =>
      at.books.map(({ feed, view }) =>
        parsecIdOf({ exchange: viewSpec(view).exchange, marketId: marketOfFeed(feed).marketId }),
      ),
    );
    return { counters: this.#usage.of(account), connections: members.length, subscriptions };
  }
}
