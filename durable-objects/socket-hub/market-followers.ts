import { failure } from '../../shared/errors/failure.ts';
import { PolymarketMarketData } from '../../shared/venues/polymarket/market-data/clob-market-data.ts';
import { marketFeed } from '../rpc/stubs.ts';
import { overLimit, type SubscriptionFrame } from './frames.ts';
import type { Hub } from './hub.ts';
import type { Member } from './member.ts';
import { merged, wantedTokens, without, type Wanted } from './subscriptions.ts';
import type { FeedItem, NativeItem } from '../market-feed/api.ts';

/** How often a lagging client gets whole books. */
const CATCH_UP_EVERY_MS = 1_000;

/** Clients of the market and prices channels: what they follow, and what its feeds have for them. */
export class MarketFollowers {
  readonly #hub: Hub;
  readonly #marketData: PolymarketMarketData;
  #catchingUp = false;

  constructor(hub: Hub) {
    this.#hub = hub;
    this.#marketData = new PolymarketMarketData(hub.env.POLYMARKET_CLOB_URL);
  }

  /** Asks again for snapshots that were under way when the hub went. */
  resume(): void {
    if ([...this.#hub.members.all()].some(({ at }) => at.followed.some(({ live }) => !live))) {
      this.#catchUpSoon();
    }
  }

  /** What a market's feed has for its followers here. */
  deliver(market: string, item: NativeItem): void {
    if (item.kind === 'snapshot') this.#begin(market, item);
    else for (const member of this.#hub.members.ofMarket(market)) this.#pass(member, market, item);
  }

  async subscribe(member: Member, frame: SubscriptionFrame): Promise<void> {
    const { at } = member;
    const tooMany = overLimit(new Set(frame.markets), frame.tokens.length);
    if (tooMany) {
      member.refuse(tooMany);
      return;
    }
    if (!member.lookUp(this.#unknownTo(member, frame))) {
      member.refuse(
        failure('RATE_LIMIT_EXCEEDED', { message: 'Too many markets and tokens in a short time' }),
      );
      return;
    }
    const wanted: Wanted =
      at.channel === 'prices'
        ? new Map(frame.markets.map((market) => [market, []]))
        : await wantedTokens(this.#marketData, frame, (refusal) => member.refuse(refusal));
    // It may have left meanwhile.
    if (this.#hub.members.find(at.id) !== member) return;
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
    for (const market of wanted.keys()) this.#hub.members.follow(member, market);
    const asked = await Promise.all(
      [...wanted.keys()].map(async (market) => ((await this.#askFeed(member, market)) ? [market] : [])),
    );
    if (at.channel === 'prices') {
      member.send(JSON.stringify({ type: 'subscribed', markets: asked.flat() }));
    }
  }

  /** How many names of a frame the client does not follow yet: each may cost the venue a call. */
  #unknownTo(member: Member, { markets, tokens }: SubscriptionFrame): number {
    const known = new Set(member.at.followed.flatMap((entry) => [entry.market, ...entry.tokens]));
    return [...markets, ...tokens].filter((name) => !known.has(name)).length;
  }

  unsubscribe(member: Member, frame: SubscriptionFrame): void {
    const { rest, gone } = without(member.at.followed, frame);
    member.at.followed = rest;
    this.#leave(member, gone);
    if (member.at.channel === 'prices') member.send(JSON.stringify({ type: 'unsubscribed', markets: gone }));
  }

  /** Tells the feed when the last follower here has gone. */
  leaveFeed(market: string): void {
    const { members, turns, env, name } = this.#hub;
    if (members.ofMarket(market).size > 0) return;
    this.#hub.waitUntil(
      turns.run(market, async () => {
        if (members.ofMarket(market).size > 0) return;
        await marketFeed(env, market).unsubscribe(name);
      }),
    );
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
    const member = this.#hub.members.find(item.socket);
    const followed = member?.at.followed.find((entry) => entry.market === market);
    if (!member || !followed) return;
    followed.live = true;
    member.save();
    if (member.at.channel === 'prices') for (const { text } of item.prices) member.send(text);
    else for (const { token, text } of item.books) if (followed.tokens.includes(token)) member.send(text);
  }

  /** Asks for a snapshot, and everything after it. Whether the market exists. */
  async #askFeed(member: Member, market: string): Promise<boolean> {
    const { turns, env, name } = this.#hub;
    const result = await turns.run(market, async () => {
      if (!member.at.followed.some((entry) => entry.market === market)) return undefined;
      return marketFeed(env, market).subscribe(name, member.at.id);
    });
    if (result?.ok !== false) return result?.ok ?? false;
    this.#leave(member, [market]);
    member.refuse(failure(result.reason, { message: `${market}: no such market` }));
    return false;
  }

  #leave(member: Member, markets: readonly string[]): void {
    member.at.followed = member.at.followed.filter(({ market }) => !markets.includes(market));
    member.save();
    for (const market of markets) {
      this.#hub.members.unfollow(member, market);
      this.leaveFeed(market);
    }
  }

  #catchUpSoon(): void {
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    setTimeout(() => {
      this.#catchingUp = false;
      for (const member of this.#hub.members.all()) {
        for (const { market, live } of member.at.followed) {
          if (live) continue;
          // A feed that failed is asked again: until then this client hears nothing of the market.
          this.#hub.waitUntil(this.#askFeed(member, market).catch(() => this.#catchUpSoon()));
        }
      }
    }, CATCH_UP_EVERY_MS);
  }
}
