import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../../workers/gateway/env.ts';
import { PolymarketMarketData } from '../../shared/venues/polymarket/market-data.ts';
import type { Market } from '../../shared/venues/port.ts';
import { socketHub } from '../stubs.ts';
import type { FeedItem, PriceText } from './delivery.ts';
import { Outbox } from './outbox.ts';
import { priceFrame, TokenBook } from './token-book.ts';
import { Upstream } from './upstream.ts';
import { readEvents, type VenueEvent } from './venue-events.ts';

export type Subscribed = { readonly ok: true } | { readonly ok: false; readonly reason: 'MARKET_NOT_FOUND' };

/**
 * How often a feed with listeners looks after itself. It keeps the object from being evicted as idle, and after
 * a crash it bounds the time without a subscription to the venue.
 */
const LOOK_AFTER_MS = 30_000;
/** Pause before a market that the venue could not describe is asked for again. */
const RETRY_MS = 2_000;

/**
 * One market, named by its condition id: the one subscription to the venue that all clients of the market
 * share, both tokens' current books, and the hubs whose clients follow it. See docs/decisions/0006-market-feed.md.
 */
export class MarketFeed extends DurableObject {
  readonly #condition: string;
  readonly #marketData: PolymarketMarketData;
  /** Hubs that follow, also stored under `hubs`: an evicted feed finds them again. */
  readonly #outboxes = new Map<string, Outbox>();
  readonly #books = new Map<string, TokenBook>();
  /** Best prices that were told last, by token. */
  readonly #told = new Map<string, string>();
  #market: Market | undefined;
  #upstream: Upstream | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#condition = ctx.id.name ?? '';
    this.#marketData = new PolymarketMarketData(env.POLYMARKET_CLOB_URL);
    for (const hub of ctx.storage.kv.get<string[]>('hubs') ?? []) this.#outbox(hub);
    if (this.#outboxes.size > 0) ctx.waitUntil(this.#open());
  }

  /** A client of `hub` follows this market from the snapshot on that the hub gets for it. */
  async subscribe(hub: string, socket: string): Promise<Subscribed> {
    const market = await this.#load();
    if (market === 'unknown') return { ok: false, reason: 'MARKET_NOT_FOUND' };
    const outbox = this.#outbox(hub);
    outbox.want();
    this.#remember();
    outbox.push(this.#snapshot(socket));
    await this.#open();
    return { ok: true };
  }

  /** No client of `hub` follows this market any more. The last hub's leaving ends the subscription. */
  unsubscribe(hub: string): void {
    this.#outboxes.get(hub)?.close();
    if (!this.#outboxes.delete(hub)) return;
    this.#remember();
    if (this.#outboxes.size > 0) return;
    this.#upstream?.stop();
    this.#upstream = undefined;
    this.#books.clear();
    this.#told.clear();
  }

  override async alarm(): Promise<void> {
    if (this.#outboxes.size === 0) return;
    await this.#open();
  }

  /** Opens the subscription to the venue if it is not there, and comes back by alarm while anyone listens. */
  async #open(): Promise<void> {
    const market = await this.#load();
    await this.ctx.storage.setAlarm(Date.now() + (market === 'unavailable' ? RETRY_MS : LOOK_AFTER_MS));
    if (typeof market === 'string' || this.#upstream || this.#outboxes.size === 0) return;
    const tokens = market.outcomes.map(({ tokenId }) => tokenId);
    this.#upstream = new Upstream(this.env.POLYMARKET_WS_URL, tokens, {
      message: (text) => {
        for (const event of readEvents(text)) this.#take(event);
      },
    });
  }

  async #load(): Promise<Market | 'unknown' | 'unavailable'> {
    if (this.#market) return this.#market;
    const found = await this.#marketData.market(this.#condition);
    if (!found.ok) return found.reason === 'TOKEN_NOT_FOUND' ? 'unknown' : 'unavailable';
    this.#market ??= found.value;
    return this.#market;
  }

  #take(event: VenueEvent): void {
    this.#apply(event);
    const { tokens, custom } = this.#audience(event);
    const item: FeedItem = {
      kind: 'event',
      tokens,
      custom,
      text: JSON.stringify(event),
      prices: this.#changedPrices(),
    };
    for (const outbox of this.#outboxes.values()) outbox.push(item);
  }

  #apply(event: VenueEvent): void {
    if (event.event_type === 'book') this.#books.set(event.asset_id, new TokenBook(event));
    if (event.event_type !== 'price_change') return;
    for (const change of event.price_changes) {
      this.#books.get(change.asset_id)?.change(change, event.timestamp);
    }
  }

  /** Who of the market's followers the venue would send the event to. */
  #audience(event: VenueEvent): { readonly tokens: readonly string[]; readonly custom: boolean } {
    switch (event.event_type) {
      case 'book':
      case 'last_trade_price':
      case 'tick_size_change':
        return { tokens: [event.asset_id], custom: false };
      case 'best_bid_ask':
        return { tokens: [event.asset_id], custom: true };
      // One message holds both tokens' changes, and followers of either get it.
      case 'price_change':
        return { tokens: this.#tokens(), custom: false };
      case 'market_resolved':
        return { tokens: this.#tokens(), custom: true };
    }
  }

  #tokens(): readonly string[] {
    return this.#market?.outcomes.map(({ tokenId }) => tokenId) ?? [];
  }

  #changedPrices(): readonly PriceText[] {
    const changed: PriceText[] = [];
    for (const [token, book] of this.#books) {
      const { bid, ask } = book.top();
      const top = `${bid} ${ask}`;
      if (this.#told.get(token) === top) continue;
      this.#told.set(token, top);
      changed.push(this.#price(token, book));
    }
    return changed;
  }

  #price(token: string, book: TokenBook): PriceText {
    const outcome = this.#market?.outcomes.find(({ tokenId }) => tokenId === token)?.label ?? '';
    const { timestamp } = book;
    return {
      token,
      text: priceFrame({ market: this.#condition, token, outcome, top: book.top(), timestamp }),
    };
  }

  #snapshot(socket: string): FeedItem {
    const books = [...this.#books];
    return {
      kind: 'snapshot',
      socket,
      books: books.map(([token, book]) => ({ token, text: JSON.stringify(book.event()) })),
      prices: books.map(([token, book]) => this.#price(token, book)),
    };
  }

  #bookItems(): readonly FeedItem[] {
    return [...this.#books].map(([token, book]) => ({
      kind: 'event',
      tokens: [token],
      custom: false,
      text: JSON.stringify(book.event()),
      prices: [this.#price(token, book)],
    }));
  }

  #outbox(hub: string): Outbox {
    const known = this.#outboxes.get(hub);
    if (known) return known;
    const outbox: Outbox = new Outbox({
      send: (items) => socketHub(this.env, hub).deliver(this.#condition, items),
      books: () => this.#bookItems(),
      abandon: () => {
        if (this.#outboxes.get(hub) === outbox) this.unsubscribe(hub);
      },
    });
    this.#outboxes.set(hub, outbox);
    return outbox;
  }

  #remember(): void {
    if (this.#outboxes.size === 0) this.ctx.storage.kv.delete('hubs');
    else this.ctx.storage.kv.put('hubs', [...this.#outboxes.keys()]);
  }
}
