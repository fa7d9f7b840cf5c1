import { DurableObject } from 'cloudflare:workers';
import type { ObjectEnv } from '../bindings.ts';
import { failure } from '../../shared/errors/failure.ts';
import { socketHub } from '../rpc/stubs.ts';
import type { FeedItem, ViewItem } from '../../shared/market-feeds/feed-items.ts';
import { loadMarket, type FeedMarket } from './feed-market.ts';
import { marketOfFeed, type MarketRef } from '../../shared/market-feeds/feed-name.ts';
import { openSource, staleAfterMs, type FeedSource } from './feed-source.ts';
import { HubViews } from './hub-views.ts';
import { NativeBooks } from './native-books.ts';
import { Outbox } from './outbox.ts';
import { RouterViews } from './router-views.ts';
import { newTickOf, tradeOf, type VenueEvent } from './venue-events.ts';
import { sameOutcome, viewSpec } from '../../shared/websockets/book-view.ts';
import type { MarketFeedApi, ResolvedOutcome, Subscribed } from './api.ts';
/**
 * How often a feed with listeners looks after itself. It keeps the object from being evicted as idle, and after
 * a crash it bounds the time without a subscription to the venue.
 */
const LOOK_AFTER_MS = 30_000;
/** Pause before a market that the venue could not describe is asked for again. */
const RETRY_MS = 2_000;

/**
 * One market, named by its condition id or `exchange:native id`: the one subscription to the venue, or the one
 * poller, that all clients of the market share, its current books, and the hubs whose clients follow it. See
 * docs/decisions/0006-market-feed.md and 0018-router-views.md.
 */
export class MarketFeed extends DurableObject<ObjectEnv> implements MarketFeedApi {
  readonly #name: string;
  readonly #ref: MarketRef;
  /** One for each hub that follows. Followers of `/v1/ws` are stored under `hubs`: an evicted feed finds them again. */
  readonly #outboxes = new Map<string, Outbox>();
  readonly #nativeHubs: Set<string>;
  readonly #hubViews: HubViews;
  readonly #native: NativeBooks;
  readonly #views: RouterViews;
  #market: FeedMarket | undefined;
  #source: FeedSource | undefined;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    this.#name = ctx.id.name ?? '';
    this.#ref = marketOfFeed(this.#name);
    this.#native = new NativeBooks(this.#name);
    this.#nativeHubs = new Set(ctx.storage.kv.get<string[]>('hubs') ?? []);
    this.#hubViews = new HubViews(ctx.storage.kv);
    this.#views = new RouterViews({
      marketId: this.#ref.marketId,
      staleAfterMs: staleAfterMs(this.#ref),
      post: (item) => this.#post(item),
    });
    for (const hub of [...this.#nativeHubs, ...this.#hubViews.hubs()]) this.#outbox(hub);
    for (const view of this.#hubViews.all()) this.#views.open(view);
    if (this.#outboxes.size > 0) ctx.waitUntil(this.#open());
  }

  /** A client of `hub` follows this market on `/v1/ws` from the snapshot on that the hub gets for it. */
  async subscribe(hub: string, socket: string): Promise<Subscribed> {
    const market = await this.#load();
    if (market === 'unknown') return { ok: false, reason: 'MARKET_NOT_FOUND' };
    const outbox = this.#outbox(hub);
    outbox.want();
    this.#nativeHubs.add(hub);
    this.#remember();
    outbox.push(this.#native.snapshot(socket));
    await this.#open();
    return { ok: true };
  }

  /** The venue's name of an outcome, given in any case; of Yes where none is given. */
  async resolve(outcome: string | undefined): Promise<ResolvedOutcome> {
    const market = await this.#load();
    if (market === 'unknown') return failure('MARKET_NOT_FOUND');
    if (market === 'unavailable') return failure('VENUE_UNAVAILABLE');
    const found = market.outcomes.find(({ label }) => sameOutcome(label, outcome ?? 'yes'));
    return found ? { ok: true, outcome: found.label } : failure('VALIDATION_FAILED');
  }

  /** A router client of `hub` follows a view from the snapshot on that it gets: now, or when the first book comes. */
  async follow(hub: string, socket: string, view: string): Promise<void> {
    const outbox = this.#outbox(hub);
    outbox.want();
    this.#hubViews.add(hub, view);
    // The clients of `/v1/ws` may have kept the book current while no view was open.
    const known = this.#native.outcomeNamed(viewSpec(view).outcome);
    if (known) this.#views.seed(known.label, known.sides, known.at);
    this.#views.open(view);
    const text = this.#views.whole(view);
    if (text !== undefined) outbox.push({ kind: 'view-snapshot', view, socket, text });
    await this.#open();
    if (text === undefined) this.#source?.poke();
  }

  /** No router client of `hub` follows this view any more. */
  unfollow(hub: string, view: string): void {
    this.#hubViews.remove(hub, view);
    if (!this.#hubViews.all().has(view)) this.#views.close(view);
  }

  /** No client of `hub` follows this market any more. The last hub's leaving ends the subscription. */
  unsubscribe(hub: string): void {
    this.#outboxes.get(hub)?.close();
    if (!this.#outboxes.delete(hub)) return;
    for (const view of this.#hubViews.of(hub)) this.unfollow(hub, view);
    if (this.#nativeHubs.delete(hub)) this.#remember();
    if (this.#outboxes.size > 0) return;
    this.#source?.stop();
    this.#source = undefined;
    this.#native.clear();
    this.#views.clear();
  }

  override async alarm(): Promise<void> {
    if (this.#outboxes.size === 0) return;
    await this.#open();
  }

  /** Opens the way to the venue if it is not there, and comes back by alarm while anyone listens. */
  async #open(): Promise<void> {
    const market = await this.#load();
    await this.ctx.storage.setAlarm(Date.now() + (market === 'unavailable' ? RETRY_MS : LOOK_AFTER_MS));
    if (typeof market === 'string' || this.#source || this.#outboxes.size === 0) return;
    this.#source = openSource({
      env: this.env,
      ref: this.#ref,
      market,
      views: this.#views,
      event: (event) => this.#take(event),
    });
  }

  async #load(): Promise<FeedMarket | 'unknown' | 'unavailable'> {
    if (this.#market) return this.#market;
    const found = await loadMarket(this.env, this.#ref);
    if (!found.ok) return found.reason === 'MARKET_NOT_FOUND' ? 'unknown' : 'unavailable';
    if (!this.#market) this.#describe(found.value);
    return found.value;
  }

  #describe(market: FeedMarket): void {
    this.#market = market;
    this.#native.describe(market);
    this.#views.describe(market);
  }

  #take(told: VenueEvent): void {
    const event = this.#native.own(told);
    if (!event) return;
    const tick = newTickOf(event);
    if (tick !== undefined && this.#market) this.#describe({ ...this.#market, tick });
    const item = this.#native.take(event);
    for (const hub of this.#nativeHubs) this.#outboxes.get(hub)?.push(item);
    if (!this.#views.idle) this.#takeForViews(event);
  }

  #takeForViews(event: VenueEvent): void {
    const told = tradeOf(event);
    const traded = told && this.#native.outcome(told.token);
    if (told && traded) this.#views.trade(traded.label, told.trade);
    for (const token of tokensOf(event)) {
      const outcome = this.#native.outcome(token);
      if (outcome) this.#views.book(outcome.label, outcome.sides, outcome.at);
    }
  }

  #post(item: ViewItem): void {
    for (const [hub, outbox] of this.#outboxes) {
      if (this.#hubViews.of(hub).has(item.view)) outbox.push(item);
    }
  }

  #outbox(hub: string): Outbox {
    const known = this.#outboxes.get(hub);
    if (known) return known;
    const outbox: Outbox = new Outbox({
      send: (items) => socketHub(this.env, hub).deliver(this.#name, items),
      books: () => this.#wholeBooks(hub),
      abandon: () => {
        if (this.#outboxes.get(hub) === outbox) this.unsubscribe(hub);
      },
    });
    this.#outboxes.set(hub, outbox);
    return outbox;
  }

  #wholeBooks(hub: string): readonly FeedItem[] {
    const native = this.#nativeHubs.has(hub) ? this.#native.items() : [];
    return [...native, ...this.#views.wholes(this.#hubViews.of(hub))];
  }

  #remember(): void {
    if (this.#nativeHubs.size === 0) this.ctx.storage.kv.delete('hubs');
    else this.ctx.storage.kv.put('hubs', [...this.#nativeHubs]);
  }
}

/** Tokens whose books an event has changed. */
function tokensOf(event: VenueEvent): readonly string[] {
  if (event.event_type === 'book') return [event.asset_id];
  if (event.event_type !== 'price_change') return [];
  return [...new Set(event.price_changes.map(({ asset_id }) => asset_id))];
}
