import { now } from '../../shared/clock.ts';
import { feedName, marketOfFeed, parsecIdOf } from '../../shared/market-feeds/feed-name.ts';
import { sameOutcome, viewKey, viewSpec } from '../../shared/websockets/book-view.ts';
import { marketFeed } from '../rpc/stubs.ts';
import { MAX_MARKETS } from '../../shared/websockets/socket-handover.ts';
import type { FollowedBook } from './attachment.ts';
import type { Hub } from './hub.ts';
import type { Member } from './member.ts';
import {
  CODE,
  MAX_OUTCOME_LENGTH,
  type BadSelector,
  type RouterCode,
  type Selector,
} from './router-frames.ts';
import type { ViewItem, ResolvedOutcome } from '../market-feed/api.ts';

/** A client that does not answer `resync_required` for so long is told that it reads too slowly. */
const SLOW_AFTER_MS = 5_000;

/** Pause before a feed that failed is asked for a book again. */
const ASK_AGAIN_AFTER_MS = 2_000;

/** A client that was asked for a sign of life and has not given one. */
interface Asked {
  readonly at: number;
  told: boolean;
}

/** Router clients: which views of which books they follow, and what the feeds have for them. */
export class BookFollowers {
  readonly #hub: Hub;
  /** In memory only: after an eviction credit is forgiven, and with it the question. */
  readonly #asked = new WeakMap<Member, Asked>();

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Asks again for snapshots that were under way when the hub went. */
  resume(): void {
    for (const member of this.#hub.members.all()) this.#hub.waitUntil(this.catchUp(member));
  }

  /** Asks for the snapshots that a client waits for. */
  async catchUp(member: Member): Promise<void> {
    const waiting = member.at.books.filter(({ live }) => !live);
    await Promise.all(waiting.map((book) => this.#ask(member, book)));
  }

  /** What a feed has for the followers of a view. */
  deliver(feed: string, item: ViewItem): void {
    if (item.kind === 'view-snapshot') {
      const member = this.#hub.members.find(item.socket);
      const book = member && bookOf(member, feed, item.view);
      if (member && book) this.#begin(member, book, item.text);
      return;
    }
    let followed = false;
    for (const member of this.#hub.members.ofMarket(feed)) {
      const book = bookOf(member, feed, item.view);
      if (!book) continue;
      followed = true;
      if (item.kind === 'view-unavailable') this.#sayUnavailable(member, book);
      else if (item.whole) this.#begin(member, book, item.text);
      else this.#pass(member, book, item.text);
    }
    if (!followed) this.#leaveView(feed, item.view);
  }

  /** The client has shown that it lives; whether it owed a sign of that. */
  heard(member: Member): boolean {
    return this.#asked.delete(member);
  }

  /** How long a client has owed a sign of life, in ms; 0 when it owes none. */
  owes(member: Member): number {
    const asked = this.#asked.get(member);
    return asked ? now() - asked.at : 0;
  }

  async subscribe(member: Member, markets: readonly (Selector | BadSelector)[]): Promise<void> {
    await Promise.all(markets.map((market) => this.#subscribeOne(member, market)));
  }

  unsubscribe(member: Member, markets: readonly (Selector | BadSelector)[]): void {
    for (const market of markets) {
      if ('fault' in market) refuse(member, CODE.invalidMarket, market.fault, market.parsecId);
      else this.#drop(member, booksNamed(member, market));
    }
  }

  /** Snapshots of books that the client follows already. */
  async resync(member: Member, markets: readonly (Selector | BadSelector)[]): Promise<void> {
    for (const market of markets) {
      const parsecId = 'fault' in market ? market.parsecId : parsecIdOf(market.ref);
      const books = 'fault' in market ? [] : booksNamed(member, market);
      if ('fault' in market) refuse(member, CODE.invalidMarket, market.fault, parsecId);
      else if (books.length === 0) refuse(member, CODE.marketNotFound, 'is not subscribed', parsecId);
      await Promise.all(books.map((book) => this.#ask(member, book)));
    }
  }

  /** The client has gone: feeds forget views that nobody else here follows. */
  forget(books: readonly FollowedBook[]): void {
    for (const { feed, view } of books) {
      if (!this.#isFollowed(feed, view)) this.#leaveView(feed, view);
      this.#leaveFeed(feed);
    }
  }

  async #subscribeOne(member: Member, market: Selector | BadSelector): Promise<void> {
    if ('fault' in market) {
      refuse(member, CODE.invalidMarket, market.fault, market.parsecId);
      return;
    }
    const parsecId = parsecIdOf(market.ref);
    if (!member.lookUp()) {
      refuse(member, CODE.rateLimited, 'too many markets in a short time', parsecId);
      return;
    }
    const feed = feedName(market.ref);
    const found = await this.#resolve(feed, market.outcome);
    // It may have left meanwhile.
    if (this.#hub.members.find(member.at.id) !== member) return;
    if (!found.ok) {
      refuse(member, codeOf(found), sentenceOf(found), parsecId);
      return;
    }
    const book = this.#add(member, feed, market, found.outcome);
    if (book) await this.#ask(member, book);
    else refuse(member, CODE.tooMany, `at most ${MAX_MARKETS} subscriptions on one connection`, parsecId);
  }

  async #resolve(feed: string, outcome: string | undefined): Promise<ResolvedOutcome> {
    try {
      const found = await marketFeed(this.#hub.env, feed).resolve(outcome);
      return found.ok && found.outcome.length > MAX_OUTCOME_LENGTH
        ? { ok: false, reason: 'VALIDATION_FAILED', message: 'the name of the outcome is too long to follow' }
        : found;
    } catch {
      return { ok: false, reason: 'VENUE_UNAVAILABLE' };
    }
  }

  /** Writes down that the client follows a book; another depth of the same one is replaced. */
  #add(member: Member, feed: string, market: Selector, outcome: string): FollowedBook | undefined {
    const { at } = member;
    const before = booksNamed(member, { ...market, outcome });
    if (at.books.length - before.length >= MAX_MARKETS) return undefined;
    // Clients find a book again under the name by which they asked for it.
    const lower = outcome.toLowerCase();
    const shown = market.outcome === lower ? lower : outcome;
    const view = viewKey({ exchange: market.ref.exchange, depth: market.depth, outcome: shown });
    const book: FollowedBook = { feed, view, live: false };
    at.books = [...at.books.filter((known) => !before.includes(known)), book];
    member.save();
    this.#hub.members.follow(member, feed);
    this.forget(before.filter((known) => known.view !== view));
    return book;
  }

  #drop(member: Member, books: readonly FollowedBook[]): void {
    if (books.length === 0) return;
    member.at.books = member.at.books.filter((book) => !books.includes(book));
    member.save();
    for (const { feed } of books) {
      if (!member.at.books.some((book) => book.feed === feed)) this.#hub.members.unfollow(member, feed);
    }
    this.forget(books);
  }

  /** Has the feed send the whole view, and from there on every frame. */
  async #ask(member: Member, book: FollowedBook, again = false): Promise<void> {
    const { members, turns, env, name } = this.#hub;
    const { feed, view } = book;
    try {
      await turns.run(feed, async () => {
        if (!member.at.books.includes(book) || members.find(member.at.id) !== member) return;
        await marketFeed(env, feed).follow(name, member.at.id, view);
      });
    } catch {
      if (!again) this.#sayUnavailable(member, book);
      // Nothing follows of itself from a feed that does not know of this client.
      setTimeout(() => this.#hub.waitUntil(this.#ask(member, book, true)), ASK_AGAIN_AFTER_MS);
    }
  }

  #begin(member: Member, book: FollowedBook, text: string): void {
    if (member.lagging()) {
      this.#question(member, book);
      return;
    }
    if (!book.live) {
      book.live = true;
      member.save();
    }
    member.send(text);
  }

  #pass(member: Member, book: FollowedBook, text: string): void {
    if (member.lagging()) this.#question(member, book);
    else if (book.live) member.send(text);
  }

  /** Asks a client for a sign of life before it gets any more; tells it once that it is slow when none comes. */
  #question(member: Member, book: FollowedBook): void {
    const asked = this.#asked.get(member) ?? { at: now(), told: false };
    this.#asked.set(member, asked);
    if (book.live) {
      book.live = false;
      member.save();
      member.send(JSON.stringify({ type: 'resync_required', ...idsOf(book) }));
    } else if (!asked.told && now() - asked.at > SLOW_AFTER_MS) {
      asked.told = true;
      member.send(JSON.stringify({ type: 'slow_reader', ...idsOf(book) }));
    }
  }

  #sayUnavailable(member: Member, book: FollowedBook): void {
    if (book.live) return;
    const { parsec_id: parsecId } = idsOf(book);
    refuse(member, CODE.unavailable, 'the exchange does not answer; the book follows when it does', parsecId);
  }

  #isFollowed(feed: string, view: string): boolean {
    for (const member of this.#hub.members.ofMarket(feed)) if (bookOf(member, feed, view)) return true;
    return false;
  }

  #leaveView(feed: string, view: string): void {
    const { turns, env, name } = this.#hub;
    this.#hub.waitUntil(
      turns.run(feed, async () => {
        if (!this.#isFollowed(feed, view)) await marketFeed(env, feed).unfollow(name, view);
      }),
    );
  }

  #leaveFeed(feed: string): void {
    const { members, turns, env, name } = this.#hub;
    if (members.ofMarket(feed).size > 0) return;
    this.#hub.waitUntil(
      turns.run(feed, async () => {
        if (members.ofMarket(feed).size === 0) await marketFeed(env, feed).unsubscribe(name);
      }),
    );
  }
}

const bookOf = (member: Member, feed: string, view: string): FollowedBook | undefined =>
  member.at.books.find((book) => book.view === view && book.feed === feed);

/** Those of a client's books that a selector names; all outcomes where it names none. */
function booksNamed(member: Member, { ref, outcome }: Selector): readonly FollowedBook[] {
  const feed = feedName(ref);
  return member.at.books.filter((book) => {
    const spec = viewSpec(book.view);
    const fits = outcome === undefined || sameOutcome(spec.outcome, outcome);
    return book.feed === feed && spec.exchange === ref.exchange && fits;
  });
}

function idsOf({
  feed,
  view,
}: FollowedBook): Record<'parsec_id' | 'exchange' | 'outcome' | 'market_id', string> {
  const { exchange, outcome } = viewSpec(view);
  const { marketId } = marketOfFeed(feed);
  return { parsec_id: parsecIdOf({ exchange, marketId }), exchange, outcome, market_id: marketId };
}

function codeOf({ reason }: { readonly reason: string }): RouterCode {
  if (reason === 'MARKET_NOT_FOUND') return CODE.marketNotFound;
  return reason === 'VALIDATION_FAILED' ? CODE.invalidOutcome : CODE.unavailable;
}

function sentenceOf({ reason, message }: { readonly reason: string; readonly message?: string }): string {
  if (message !== undefined) return message;
  if (reason === 'MARKET_NOT_FOUND') return 'no such market';
  return reason === 'VALIDATION_FAILED' ? 'no such outcome of this market' : 'the exchange does not answer';
}

/** An `error` frame; it names the market where there is one to name. */
export function refuse(member: Member, code: RouterCode, message: string, parsecId?: string): void {
  member.send(
    JSON.stringify({ type: 'error', code, message, ...(parsecId !== undefined && { parsec_id: parsecId }) }),
  );
}
