import { DurableObject } from 'cloudflare:workers';
import type { Env } from '../../workers/gateway/env.ts';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import { parseMicro, ZERO, type Micro } from '../../shared/money/fixed.ts';
import { PolymarketMarketData } from '../../shared/venues/polymarket/market-data.ts';
import type { Book, Found } from '../../shared/venues/port.ts';
import { migrate } from '../storage/migrate.ts';
import { EquityLog, type EquityPoint } from './equity.ts';
import { Journal, KEEP_MS } from './journal.ts';
import type { Cancelled, CancelRequest, OrderView, PlaceCommand, PlaceOutcome, Placing } from './commands.ts';
import { Ledger } from './ledger.ts';
import { quotesFor, type Quote, type Quotes } from './quotes.ts';
import type { Money, Order, OrderRequest, Position, Trade, TradeWithOrder } from './model.ts';
import { lookUp, namesOf, type Naming } from './once.ts';
import { cancelOrders } from './paper/cancel.ts';
import { resetAccount, type ResetResult } from './paper/reset.ts';
import { expireDue, matchResting } from './paper/resting.ts';
import { place, type Placed } from './paper/place.ts';
import { noteMarket, redeemPosition, type Redemption } from './paper/resolution.ts';
import {
  readOpenOrders,
  readOrders,
  readPositions,
  readTradeIds,
  readTrades,
  readTradesAfter,
  withExecuted,
  type ExecutedOrder,
  type ExportedTrade,
  type HistoryFilter,
  type OrderFilter,
  type Page,
  type TradeFilter,
} from './reads.ts';
import { migrations } from './schema.ts';
import { valuePortfolio, type Portfolio } from './valuation.ts';
import { accountTexts, Watchers, type OrderNews } from './sockets.ts';

/** Resting orders are matched about once a second while any rests (contract: clob, "Paper execution"). */
const MATCH_EVERY_MS = 1_000;
/** What a caller that has too many trade writes in flight is told to wait: about two orders' time. */
const WRITE_RETRY_MS = 50;
/** A heartbeat may be late by a quarter of its interval, and at least by this (contract: clob, "Cancels"). */
const MIN_HEARTBEAT_GRACE_MS = 1_000;
/** How often an account that nobody reads looks whether its markets have resolved. Reads look at once. */
const SETTLE_EVERY_MS = 15 * 60_000;
/** Pause while the venue gives no books: no point in asking each second. */
const MATCH_RETRY_MS = 5_000;

/**
 * One trading account on the embedded paper venue: cash, positions, orders, trades. A command is one
 * synchronous transaction, so it is done or not done, and two never see each other half way.
 */
export class TradingAccount extends DurableObject {
  readonly #ledger: Ledger;
  readonly #marketData: PolymarketMarketData;
  readonly #journal: Journal;
  readonly #equity: EquityLog;
  readonly #watchers: Watchers;
  /** When this instance has set the alarm for. Unknown after eviction: setting it again delays it a little. */
  #alarmAt = Number.POSITIVE_INFINITY;
  /** When the journal's oldest entry may go. Unknown after eviction; the alarm that is set finds it out. */
  #sweepAt = Number.POSITIVE_INFINITY;
  /** When the dead man's switch falls; undefined while it is not set. */
  #heartbeatAt: number | undefined;
  /** Whether the wallet that this account belongs to was deleted. */
  #closed: boolean;
  /** Whether a point of equity is being made. */
  #pricing = false;
  /** Trade writes in flight (contract: errors and limits, "Tiers"). */
  #writes = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, migrations);
    this.#ledger = new Ledger(ctx.storage);
    this.#journal = new Journal(ctx.storage.sql);
    this.#equity = new EquityLog(ctx.storage.sql);
    this.#watchers = new Watchers(ctx, env);
    this.#heartbeatAt = ctx.storage.kv.get<number>('heartbeat');
    this.#closed = ctx.storage.kv.get<boolean>('closed') === true;
    this.#marketData = new PolymarketMarketData(env.POLYMARKET_CLOB_URL);
    this.#ledger.open(startingBalance(env));
  }

  /** Gives an account that nobody has used yet another first deposit. Used ones keep theirs. */
  open(deposit: Micro): Money {
    this.#ledger.open(deposit, true);
    return this.#ledger.requireMoney();
  }

  /** Ends resting orders and positions and begins again with the deposit; history stays. Idempotent. */
  reset(): ResetResult & { readonly money: Money } {
    const result = this.#ledger.transaction(() => resetAccount(this.#ledger, Date.now()));
    this.#announce(this.#news('CANCELLATION', result.cancelled), []);
    return { ...result, money: this.#ledger.requireMoney() };
  }

  /**
   * Places orders, each with its own outcome; one that fails leaves the others be. Said again under the same
   * name, the command is not done again: its first outcomes come back.
   */
  async place(command: PlaceCommand): Promise<Placing> {
    const before = this.#before(command.naming);
    if (before.kind !== 'new') return before.placing;
    if (this.#writes >= command.maxWrites) return tooManyWrites();
    this.#writes += 1;
    try {
      return await this.#place(command);
    } finally {
      this.#writes -= 1;
    }
  }

  async cancel(request: CancelRequest): Promise<Cancelled> {
    const now = Date.now();
    const cancelled = this.#ledger.transaction(() => cancelOrders(this.#ledger, request, now));
    this.#announce(this.#news('CANCELLATION', cancelled.canceled), []);
    return cancelled;
  }

  /** Clients at `hub` watch this account from now on. WALLET_NOT_FOUND once it has been closed. */
  watch(hub: string): { readonly ok: true } | Failure {
    if (this.#closed) return failure('WALLET_NOT_FOUND');
    this.#watchers.add(hub);
    return { ok: true };
  }

  /**
   * Ends the account of a deleted wallet for good: cancels what rests, takes no more orders, closes its sockets.
   * Idempotent, so that a deletion cut short can be repeated.
   */
  async close(): Promise<void> {
    this.ctx.storage.kv.put('closed', true);
    this.#closed = true;
    await this.cancel({});
    await this.#watchers.dismiss();
  }

  unwatch(hub: string): void {
    this.#watchers.remove(hub);
  }

  openOrders(filter: OrderFilter, page: Page): readonly OrderView[] {
    return readOpenOrders(this.ctx.storage.sql, filter, page).map((order) => this.#view(order));
  }

  order(id: number): OrderView | undefined {
    const order = this.#ledger.order(id);
    return order && this.#view(order);
  }

  /** Orders of any state with what was executed of them, newest first. */
  orders(filter: HistoryFilter, page: Page): ReturnType<typeof readOrders> {
    return readOrders(this.ctx.storage.sql, filter, page);
  }

  executedOrder(id: number): ExecutedOrder | undefined {
    const order = this.#ledger.order(id);
    return order && withExecuted(this.ctx.storage.sql, order);
  }

  trades(filter: TradeFilter, page: Page): readonly TradeWithOrder[] {
    return readTrades(this.ctx.storage.sql, filter, page);
  }

  /** Trades after an id, oldest first. */
  tradesAfter(after: number, limit: number): readonly ExportedTrade[] {
    return readTradesAfter(this.ctx.storage.sql, after, limit);
  }

  /** The account at current prices. A venue that is away leaves prices out. */
  async portfolio(): Promise<Portfolio> {
    await this.#noteMarkets(this.#ledger.unsettledTokens());
    const tokens = this.#ledger.unsettledTokens();
    const books = await this.#marketData.recentBooks(tokens);
    const held = readPositions(this.ctx.storage.sql);
    const portfolio = valuePortfolio(
      this.#ledger.requireMoney(),
      held,
      books.ok ? books.value : new Map<string, Book>(),
    );
    // A point at cost would look like a price: without the venue there is none.
    if (books.ok) this.#equity.note(portfolio.equity, Date.now());
    return portfolio;
  }

  /** The newest hourly points of equity, oldest first. */
  equity(limit: number): readonly EquityPoint[] {
    return this.#equity.latest(limit);
  }

  /** Positions, after a look at whether their markets have resolved. */
  async positions(): Promise<readonly Position[]> {
    await this.#noteMarkets(this.#ledger.unsettledTokens());
    return readPositions(this.ctx.storage.sql);
  }

  /** Pays out positions whose market has resolved: those named, or all. What is not settled is left alone. */
  async redeem(tokens?: readonly string[]): Promise<readonly Redemption[]> {
    const held = (await this.positions()).filter((position) => tokens?.includes(position.token) ?? true);
    const now = Date.now();
    return this.#ledger.transaction(() =>
      held.flatMap(({ token }) => {
        // Read again: between the look at the markets and now, another call may have redeemed it.
        const position = this.#ledger.position(token);
        return (position && redeemPosition(this.#ledger, position, now)) ?? [];
      }),
    );
  }

  /** Dead man's switch: unless called again in time, every resting order is cancelled. Returns the deadline. */
  async heartbeat(intervalMs: number): Promise<number> {
    const now = Date.now();
    const deadline = now + intervalMs + Math.max(MIN_HEARTBEAT_GRACE_MS, intervalMs / 4);
    this.ctx.storage.kv.put('heartbeat', deadline);
    this.#heartbeatAt = deadline;
    await this.#wake(now);
    return deadline;
  }

  money(): Money {
    return this.#ledger.requireMoney();
  }

  /** Free shares of a token: held and not behind a resting SELL. */
  freeShares(token: string): Micro {
    const held = this.#ledger.position(token);
    return held ? ((held.shares - held.reserved) as Micro) : ZERO;
  }

  /** Expires and matches resting orders, then comes back in a second while any rests. Safe to run twice. */
  override async alarm(): Promise<void> {
    this.#alarmAt = Number.POSITIVE_INFINITY;
    // Before anything waits for the venue: a venue that is away must not hold the dead man's switch up.
    this.#lapseIfDue(Date.now());
    const tokens = [...new Set(this.#ledger.openOrders().map((order) => order.token))];
    await this.#noteMarkets([...new Set([...tokens, ...this.#ledger.unsettledTokens()])]);
    const books = tokens.length === 0 ? undefined : await this.#marketData.books(tokens);
    const now = Date.now();
    const trades: Trade[] = [];
    const ended: number[] = [];
    this.#ledger.transaction(() => {
      const open = this.#ledger.openOrders();
      const resting = expireDue(this.#ledger, open, now);
      ended.push(...open.filter((order) => !resting.includes(order)).map((order) => order.id));
      if (!books?.ok) return;
      for (const [token, book] of books.value) {
        const ofToken = resting.filter((order) => order.token === token);
        trades.push(...matchResting(this.#ledger, ofToken, book, now));
      }
    });
    const filled = trades.map((trade) => trade.orderId);
    this.#announce([...this.#news('CANCELLATION', ended), ...this.#news('UPDATE', filled)], trades);
    this.#sweepAt = this.#journal.sweep(now) ?? Number.POSITIVE_INFINITY;
    this.#noteEquity(now);
    await this.#wake(now, books?.ok === false ? MATCH_RETRY_MS : MATCH_EVERY_MS);
  }

  async #place({ orders, naming }: PlaceCommand): Promise<Placing> {
    const quotes = await quotesFor(this.#marketData, orders);
    // Looked at here, with no wait before the commit: nothing comes to rest in a closed account.
    if (this.#closed) return failure('WALLET_NOT_FOUND');
    const now = Date.now();
    // While the quotes were fetched, the same command may have come and gone.
    const before = this.#before(naming);
    if (before.kind !== 'new') return before.placing;
    const placing = this.#commit(orders, quotes, naming, now);
    if (placing.ok) this.#announcePlaced(placing.outcomes);
    if (this.#sweepAt > now + KEEP_MS) this.#sweepAt = now + KEEP_MS;
    this.#noteEquity(now);
    await this.#wake(now);
    return placing;
  }

  /** Keeps this hour's point of equity, beside the command that came first in it: nobody waits for prices. */
  #noteEquity(now: number): void {
    if (this.#pricing || !this.#equity.isDue(now)) return;
    this.#pricing = true;
    this.ctx.waitUntil(this.portfolio().finally(() => (this.#pricing = false)));
  }

  /** The orders' effects, their outcomes and their names in the journal: one transaction. */
  #commit(orders: readonly OrderRequest[], quotes: Quotes, naming: Naming | undefined, now: number): Placing {
    try {
      return this.#ledger.transaction((): Placing => {
        const alone = orders.length === 1;
        const outcomes = orders.map((order) => this.#placeOnce(order, quotes.get(order.tokenId), now, alone));
        const done: Placing = { ok: true, replayed: false, outcomes };
        // A command without any effect is not kept: under the same name it may run again (state `released`).
        const effect = outcomes.some((outcome) => outcome.ok && outcome.replayed !== true);
        if (effect) for (const identity of namesOf(naming, orders)) this.#journal.record(identity, done, now);
        return done;
      });
    } catch (error) {
      return executionError(error);
    }
  }

  /** One order, unless an order of the same identity was placed before: then that one's first outcome. */
  #placeOnce(
    order: OrderRequest,
    quote: Found<Quote> | undefined,
    now: number,
    alone: boolean,
  ): PlaceOutcome {
    const earlier = order.identity && this.#journal.find(order.identity.key);
    if (earlier && order.identity) {
      if (earlier.fingerprint !== order.identity.fingerprint) return reused(order);
      // `record` below wrote it.
      return { ...(earlier.outcome as Placed), replayed: true };
    }
    if (!quote) return failure('INTERNAL_ERROR');
    if (!quote.ok) return quote;
    const { market, book } = quote.value;
    const work = (): PlaceOutcome => place(this.#ledger, order, market, book, now);
    const outcome = alone ? work() : this.#attempt(work);
    if (outcome.ok && order.identity) this.#journal.record(order.identity, outcome, now);
    return outcome;
  }

  /** A fault in one order of several undoes that order alone. */
  #attempt(work: () => PlaceOutcome): PlaceOutcome {
    try {
      return this.#ledger.transaction(work);
    } catch (error) {
      return executionError(error);
    }
  }

  #before(naming: Naming | undefined): { kind: 'new' } | { kind: 'known'; placing: Placing } {
    const before = lookUp(this.#journal, naming, Date.now());
    if (!('kind' in before)) return { kind: 'known', placing: before };
    if (before.kind === 'new') return before;
    // `#place` recorded it, as a Placing that had an effect.
    return { kind: 'known', placing: { ...(before.outcome as Placing & { ok: true }), replayed: true } };
  }

  #view(order: Order): OrderView {
    return { ...order, tradeIds: readTradeIds(this.ctx.storage.sql, order.id) };
  }

  /** Looks at the markets of these tokens, and settles what has resolved. A venue that is away changes nothing. */
  async #noteMarkets(tokens: readonly string[]): Promise<void> {
    const found = await Promise.all(tokens.map((token) => this.#marketData.marketOf(token)));
    const ended = found.flatMap((market) =>
      market.ok && market.value.status !== 'open' ? [market.value] : [],
    );
    if (ended.length === 0) return;
    const now = Date.now();
    this.#ledger.transaction(() => {
      for (const market of ended) noteMarket(this.#ledger, market, now);
    });
  }

  /** Once the heartbeat has lapsed nothing rests any more, and the switch is off until it is set again. */
  #lapseIfDue(now: number): void {
    if (this.#heartbeatAt === undefined || this.#heartbeatAt > now) return;
    const { canceled } = this.#ledger.transaction(() => {
      this.ctx.storage.kv.delete('heartbeat');
      return cancelOrders(this.#ledger, {}, now);
    });
    // Only now: had the transaction failed, the switch would still have to fall.
    this.#heartbeatAt = undefined;
    this.#announce(this.#news('CANCELLATION', canceled), []);
  }

  #announcePlaced(outcomes: readonly PlaceOutcome[]): void {
    const placed = outcomes.flatMap((outcome) => (outcome.ok && outcome.replayed !== true ? [outcome] : []));
    this.#announce(
      placed.map(({ order }) => ({ type: 'PLACEMENT', order })),
      placed.flatMap(({ trade }) => trade ?? []),
    );
  }

  /** Tells the account's sockets what was committed. */
  #announce(news: readonly OrderNews[], trades: readonly Trade[]): void {
    if (!this.#watchers.any || news.length + trades.length === 0) return;
    const withOrders = trades.flatMap((trade) => {
      const order = this.#ledger.order(trade.orderId);
      return order ? [{ trade, order }] : [];
    });
    this.#watchers.tell(accountTexts(news, withOrders));
  }

  #news(type: OrderNews['type'], ids: readonly number[]): readonly OrderNews[] {
    if (!this.#watchers.any) return [];
    return [...new Set(ids)].flatMap((id) => {
      const order = this.#ledger.order(id);
      return order ? [{ type, order }] : [];
    });
  }

  /**
   * Sets the alarm for the next thing to do, if that is earlier than what is set. Called right after the
   * writes, without an await between, so that both become durable together: nothing rests without an alarm.
   */
  async #wake(now: number, matchDelayMs = MATCH_EVERY_MS): Promise<void> {
    const at = Math.min(
      this.#ledger.hasOpenOrders() ? now + matchDelayMs : Number.POSITIVE_INFINITY,
      this.#heartbeatAt ?? Number.POSITIVE_INFINITY,
      this.#ledger.holdsUnsettled() ? now + SETTLE_EVERY_MS : Number.POSITIVE_INFINITY,
      this.#sweepAt,
    );
    if (at >= this.#alarmAt) return;
    this.#alarmAt = at;
    await this.ctx.storage.setAlarm(at);
  }
}

function executionError(error: unknown): Failure {
  const message = String(error).slice(0, 300);
  console.error(JSON.stringify({ level: 'error', event: 'execution_error', message }));
  return failure('EXECUTION_ERROR');
}

const tooManyWrites = (): Failure => failure('RATE_LIMITED', { retryAfter: 1, retryAfterMs: WRITE_RETRY_MS });

const reused = (order: OrderRequest): Failure =>
  order.clientOrderId === undefined
    ? failure('INVALID_ORDER_PAYLOAD', { message: 'order is invalid. Duplicated.' })
    : failure('DUPLICATE_CLIENT_ORDER_ID');

function startingBalance(env: Env): Micro {
  const balance = parseMicro(env.PAPER_STARTING_BALANCE);
  if (balance === undefined) throw new Error('PAPER_STARTING_BALANCE must be a plain amount of USD');
  return balance;
}
