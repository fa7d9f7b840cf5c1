import type { Sides } from './book-view.ts';
import type { FeedItem, PriceText } from '../../shared/market-feeds/feed-items.ts';
import type { FeedMarket } from './feed-market.ts';
import { priceFrame, TokenBook } from './token-book.ts';
import type { VenueEvent } from './venue-events.ts';
import { sameOutcome } from '../../shared/websockets/book-view.ts';

/** Both tokens' books of a Polymarket market, and what the followers of `/v1/ws` are told of them. */
export class NativeBooks {
  readonly #condition: string;
  readonly #books = new Map<string, TokenBook>();
  /** Best prices that were told last, by token. */
  readonly #told = new Map<string, string>();
  #market: FeedMarket | undefined;

  constructor(condition: string) {
    this.#condition = condition;
  }

  describe(market: FeedMarket): void {
    this.#market = market;
  }

  /**
   * What of an event is about this market and may be told: no token of another one, and no change to a book that has
   * not come yet, which nobody could apply. Undefined when nothing remains.
   */
  own(event: VenueEvent): VenueEvent | undefined {
    switch (event.event_type) {
      case 'book':
      case 'last_trade_price':
      case 'tick_size_change':
      case 'best_bid_ask':
        return this.#label(event.asset_id) === undefined ? undefined : event;
      case 'price_change': {
        const changes = event.price_changes.filter(({ asset_id }) => this.#books.has(asset_id));
        return changes.length === 0 ? undefined : { ...event, price_changes: changes };
      }
      case 'market_resolved':
        return event;
    }
  }

  /** Applies an event of the venue that is this market's; what followers get for it. */
  take(event: VenueEvent): FeedItem {
    this.#apply(event);
    return {
      kind: 'event',
      ...this.#audience(event),
      text: JSON.stringify(event),
      prices: this.#changedPrices(),
    };
  }

  /** Name and book of the outcome of a token; undefined while one of them is not known. */
  outcome(token: string): { readonly label: string; readonly sides: Sides; readonly at: number } | undefined {
    const book = this.#books.get(token);
    const label = this.#label(token);
    return book && label !== undefined
      ? { label, sides: book.sides(), at: Number(book.timestamp) }
      : undefined;
  }

  /** The same by the outcome's name, in any case. */
  outcomeNamed(name: string): ReturnType<NativeBooks['outcome']> {
    const found = this.#market?.outcomes.find(({ label }) => sameOutcome(label, name));
    return found?.tokenId === undefined ? undefined : this.outcome(found.tokenId);
  }

  snapshot(socket: string): FeedItem {
    const books = [...this.#books];
    return {
      kind: 'snapshot',
      socket,
      books: books.map(([token, book]) => ({ token, text: JSON.stringify(book.event()) })),
      prices: books.map(([token, book]) => this.#price(token, book)),
    };
  }

  /** Every current book, as events. */
  items(): readonly FeedItem[] {
    return [...this.#books].map(([token, book]) => ({
      kind: 'event',
      tokens: [token],
      custom: false,
      text: JSON.stringify(book.event()),
      prices: [this.#price(token, book)],
    }));
  }

  clear(): void {
    this.#books.clear();
    this.#told.clear();
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
    return this.#market?.outcomes.flatMap(({ tokenId }) => tokenId ?? []) ?? [];
  }

  #label(token: string): string | undefined {
    return this.#market?.outcomes.find(({ tokenId }) => tokenId === token)?.label;
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
    const { timestamp } = book;
    const outcome = this.#label(token) ?? '';
    return {
      token,
      text: priceFrame({ market: this.#condition, token, outcome, top: book.top(), timestamp }),
    };
  }
}
