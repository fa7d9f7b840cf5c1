import type { ObjectEnv } from '../bindings.ts';
import { now } from '../../shared/clock.ts';
import { failure, type Failure } from '../../shared/errors/failure.ts';
import { parseMicro, type Micro } from '../../shared/money/fixed.ts';
import { pauseAt, reach } from '../../shared/testing/fault-points.ts';
import { PolymarketMarketData } from '../../shared/venues/polymarket/market-data/clob-market-data.ts';
import type { Book } from '../../shared/venues/port.ts';
import type { LiveVenue } from '../../shared/venues/venue-names.ts';
import { migrate } from '../storage/migrate.ts';
import type { Cancelled, Cancelling, CancelRequest, PlaceCommand, Placing } from './paper/commands.ts';
import { ChallengeAccount } from './lifecycle/challenge-account.ts';
import { DeadManSwitch } from './paper/dead-man-switch.ts';
import { EquityLog } from './ledger/equity-log.ts';
import { HighWaterMark } from './ledger/high-water-mark.ts';
import { Journal } from './journal/journal.ts';
import { KEY_RETENTION_MS } from '../../shared/limits/key-retention.ts';
import { Ledger } from './ledger/ledger.ts';
import { matchRestingOrders } from './paper/match-resting-orders.ts';
import type { Money, Redemption } from './ledger/model.ts';
import type { LiveCaller } from './live/model.ts';
import { AccountNotifications } from './notifications/account-notifications.ts';
import { SessionAllocations } from './allocations/session-allocations.ts';
import { LiveTrading } from './live/live-trading.ts';
import { cancelOrders } from './paper/cancel-orders.ts';
import { resetAccount, type ResetResult } from './lifecycle/reset-account.ts';
import type { CommandIdentity } from './journal/command-identity.ts';
import { OrderPlacer } from './paper/order-placer.ts';
import { quotesFor } from './paper/quotes.ts';
import { AccountViewMethods } from './views/account-views.ts';
import { MarketResolutions } from './paper/market-resolutions.ts';
import { migrations } from './schema.ts';
import { Watchers } from './notifications/watchers.ts';
import { AlarmSchedule } from './alarm-schedule.ts';
import { WriteCap } from './journal/write-cap.ts';
import type { TradingAccountApi, Ended } from './api.ts';

/** Resting orders are matched about once a second while any rests (contract: clob, "Paper execution"). */
const MATCH_EVERY_MS = 1_000;
/** How often an account that nobody reads looks whether its markets have resolved. Reads look at once. */
const SETTLE_EVERY_MS = 15 * 60_000;
/** Pause while the venue gives no books: no point in asking each second. */
const MATCH_RETRY_MS = 5_000;
/** How often an alarm that waits for the venue looks at the dead man's switch: a fraction of its shortest grace. */
const SWITCH_EVERY_MS = 250;

/**
 * One trading account on the embedded paper venue: cash, positions, orders, trades. A command is one
 * synchronous transaction, so it is done or not done, and two never see each other half way.
 */
export class TradingAccount extends AccountViewMethods implements TradingAccountApi {
  protected readonly ledger: Ledger;
  protected readonly marketData: PolymarketMarketData;
  readonly #journal: Journal;
  readonly #placer: OrderPlacer;
  protected readonly resolutions: MarketResolutions;
  protected readonly equityLog: EquityLog;
  readonly #watchers: Watchers;
  readonly #news: AccountNotifications;
  readonly #switch: DeadManSwitch;
  readonly #attempt: ChallengeAccount;
  protected readonly highWater: HighWaterMark;
  readonly #wake: AlarmSchedule;
  protected readonly outside: LiveTrading;
  protected readonly parts: SessionAllocations;
  /** When the journal's oldest entry may go. Unknown after eviction; the alarm that is set finds it out. */
  #sweepAt = Number.POSITIVE_INFINITY;
  /** Whether the wallet that this account belongs to was deleted. */
  #closed: boolean;
  /** Whether a point of equity is being made. */
  #pricing = false;

  constructor(ctx: DurableObjectState, env: ObjectEnv) {
    super(ctx, env);
    migrate(ctx.storage, migrations);
    this.ledger = new Ledger(ctx.storage);
    this.#journal = new Journal(ctx.storage.sql);
    const writes = new WriteCap();
    this.#placer = new OrderPlacer(this.ledger, this.#journal, writes);
    this.equityLog = new EquityLog(ctx.storage.sql);
    this.#watchers = new Watchers(ctx, env);
    this.#news = new AccountNotifications(this.ledger, this.#watchers);
    this.#switch = new DeadManSwitch(ctx.storage.kv, this.ledger, this.#news);
    this.highWater = new HighWaterMark(ctx.storage.kv, this.ledger);
    this.#attempt = new ChallengeAccount(ctx.storage.kv, this.ledger, this.#news, this.highWater);
    this.#wake = new AlarmSchedule(ctx.storage);
    this.#closed = ctx.storage.kv.get<boolean>('closed') === true;
    this.marketData = new PolymarketMarketData(env.POLYMARKET_CLOB_URL);
    this.resolutions = new MarketResolutions(this.ledger, this.marketData);
    this.ledger.open(startingBalance(env));
    this.outside = new LiveTrading(env, {
      storage: ctx.storage,
      paper: this.#journal,
      writes,
      allocations: this.ledger.allocations,
      market: (id) => this.marketData.market(id),
      setAlarm: (at) => this.#wake.setNoLaterThan(at),
      closed: () => this.#refusal(),
    });
    this.parts = new SessionAllocations({
      ledger: this.ledger,
      journal: this.#journal,
      resolutions: this.resolutions,
      outside: this.outside,
      closed: () => this.#refusal(),
    });
  }

  /** Gives an account that nobody has used yet another first deposit. Used ones keep theirs. */
  open(deposit: Micro): Money {
    this.ledger.open(deposit, true);
    return this.ledger.requireMoney();
  }

  /** Ends resting orders and positions and begins again with the deposit; history stays. Idempotent. */
  reset(): ResetResult & { readonly money: Money } {
    const result = this.ledger.transaction(() => {
      this.highWater.forget();
      return resetAccount(this.ledger, now());
    });
    reach('account/reset/committed');
    this.#news.ended(result.cancelled);
    return { ...result, money: this.ledger.requireMoney() };
  }

  /**
   * Places orders, each with its own outcome; one that fails leaves the others be. Said again under the same
   * name, the command is not done again: its first outcomes come back.
   */
  place(command: PlaceCommand): Promise<Placing> {
    const taken = this.#takenOutside(command.commandIdentity);
    if (taken) return Promise.resolve(taken);
    return this.#placer.admit(command, () => this.#place(command));
  }

  async cancel(request: CancelRequest): Promise<Cancelled> {
    return this.#cancel(request, () => undefined);
  }

  /** The same of a cancel that the caller has named: said again it is not done again. */
  async cancelOnce(request: CancelRequest, commandIdentity: CommandIdentity): Promise<Cancelling> {
    const { cancels } = this.outside;
    const before = cancels.lookUp(commandIdentity);
    if (!('kind' in before)) return before;
    // This method recorded it: the fingerprint is of a cancel.
    if (before.kind === 'done') return { ...(before.outcome as Cancelled), ok: true, replayed: true };
    const at = now();
    const done = this.#cancel(request, (outcome) => cancels.record(commandIdentity, outcome, at));
    await this.#keepUntilSwept(at);
    return { ...done, ok: true, replayed: false };
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

  /**
   * Ends the account of a deleted customer: as `close`, and whatever rests at these venues with its stored credentials
   * is cancelled. Returns whether all of it is; false asks to be called again.
   */
  async forget(caller: LiveCaller, venues: readonly LiveVenue[]): Promise<boolean> {
    await this.close();
    return this.outside.cancelResting(caller, venues);
  }

  /** Closes a partner's account: takes no order any more, cancels what rests. */
  freeze(): Ended {
    return this.#attempt.freeze();
  }

  /** Begins a partner's account again with its deposit; history stays, a closed one opens. */
  restart(): Ended {
    return this.#attempt.restart();
  }

  unwatch(hub: string): void {
    this.#watchers.remove(hub);
  }

  /** Pays out positions whose market has resolved: those named, or all. What is not settled is left alone. */
  async redeem(tokens?: readonly string[]): Promise<readonly Redemption[]> {
    // A frozen account keeps what it has.
    if (this.#attempt.frozen) return [];
    const held = (await this.positions()).map((position) => position.token);
    return this.resolutions.redeem(held.filter((token) => tokens?.includes(token) ?? true));
  }

  /** Dead man's switch: unless called again in time, every resting order is cancelled. Returns the deadline. */
  async heartbeat(intervalMs: number): Promise<number> {
    const at = now();
    const deadline = this.#switch.beat(intervalMs, at);
    await this.#wakeInTime(at);
    return deadline;
  }

  /** Expires and matches resting orders, then comes back in a second while any rests. Safe to run twice. */
  override async alarm(): Promise<void> {
    this.#wake.fired();
    this.#switch.cancelIfLapsed(now());
    // Not waited for: a live venue that hangs must not keep paper orders from being matched.
    this.ctx.waitUntil(this.outside.alarm());
    const books = await this.#watchingSwitch(() => this.#lookAtVenue());
    if (INSTRUMENTED) await pauseAt('account/match/quoted');
    const at = now();
    const { ended, trades } = matchRestingOrders(this.ledger, this.#fillable(books), at);
    this.#news.matched(ended, trades);
    reach('account/sweep/due');
    this.#sweepAt = Math.min(this.#journal.sweep(at) ?? Number.POSITIVE_INFINITY, this.outside.sweep(at));
    reach('account/sweep/swept');
    this.#noteEquity(at);
    await Promise.all([
      this.#wakeInTime(at, books ? MATCH_EVERY_MS : MATCH_RETRY_MS),
      // Asked even where one room has set the alarm since it rang: another may still wait for its answer, and dies with
      // this process.
      this.#wake.setNoLaterThan(this.outside.nextLook()),
    ]);
  }

  /** Settles what has resolved, and gives the books of what rests; undefined when the venue gives none. */
  async #lookAtVenue(): Promise<ReadonlyMap<string, Book> | undefined> {
    const tokens = [...new Set(this.ledger.openOrders().map((order) => order.token))];
    await this.resolutions.noteResolved([...new Set([...tokens, ...this.ledger.unsettledTokens()])]);
    if (tokens.length === 0) return new Map<string, Book>();
    const books = await this.marketData.books(tokens);
    return books.ok ? books.value : undefined;
  }

  /** Books that resting orders may fill from: none of a frozen account. */
  #fillable(books: ReadonlyMap<string, Book> | undefined): ReadonlyMap<string, Book> {
    return books && !this.#attempt.frozen ? books : new Map<string, Book>();
  }

  /** Why the account takes no order: its wallet was deleted, or a partner has closed it. */
  #refusal(): Failure | undefined {
    return this.#closed ? failure('WALLET_NOT_FOUND') : this.#attempt.refusal();
  }

  /** One account, one space of keys: why a command must not run under one that named something elsewhere. */
  #takenOutside(commandIdentity: CommandIdentity | undefined): Failure | undefined {
    return commandIdentity && this.outside.isTaken(commandIdentity)
      ? failure('IDEMPOTENCY_KEY_REUSE')
      : undefined;
  }

  /** A venue that hangs must not hold the dead man's switch up: no second alarm rings while this one waits. */
  async #watchingSwitch<T>(work: () => Promise<T>): Promise<T> {
    const timer = setInterval(() => this.#switch.cancelIfLapsed(now()), SWITCH_EVERY_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  async #place(command: PlaceCommand): Promise<Placing> {
    if (INSTRUMENTED) await pauseAt('account/place/asked');
    const quotes = await quotesFor(this.marketData, command.orders);
    if (INSTRUMENTED) await pauseAt('account/place/quoted');
    // Looked at here, with no wait before the commit: nothing comes to rest in a closed account.
    const refused = this.#refusal();
    if (refused) return refused;
    const at = now();
    // While the quotes were fetched, the same command may have come and gone.
    const known =
      this.#placer.earlierOutcome(command.commandIdentity) ?? this.#takenOutside(command.commandIdentity);
    if (known) return known;
    const placing = this.#placer.commit(command, quotes, at);
    reach('account/place/committed');
    if (placing.ok) this.#news.placed(placing.outcomes);
    this.#noteEquity(at);
    await this.#keepUntilSwept(at);
    reach('account/place/alarm-set');
    return placing;
  }

  /** `note` is told the outcome inside the transaction. */
  #cancel(request: CancelRequest, note: (outcome: Cancelled) => void): Cancelled {
    const at = now();
    const cancelled = this.ledger.transaction(() => {
      const result = cancelOrders(this.ledger, request, at);
      note(result);
      reach('account/cancel/orders-ended');
      return result;
    });
    reach('account/cancel/committed');
    this.#news.ended(cancelled.canceled);
    return cancelled;
  }

  /** Sets the alarm, also for the day when what was recorded now may be forgotten. */
  #keepUntilSwept(at: number): Promise<void> {
    if (this.#sweepAt > at + KEY_RETENTION_MS) this.#sweepAt = at + KEY_RETENTION_MS;
    return this.#wakeInTime(at);
  }

  /** Keeps this hour's point of equity, beside the command that came first in it: nobody waits for prices. */
  #noteEquity(at: number): void {
    if (this.#pricing || !this.equityLog.isDue(at)) return;
    this.#pricing = true;
    this.ctx.waitUntil(this.portfolio().finally(() => (this.#pricing = false)));
  }

  /**
   * Sets the alarm for the next thing to do, if that is earlier than what is set. Called right after the
   * writes, without an await between, so that both become durable together: nothing rests without an alarm.
   */
  #wakeInTime(at: number, matchDelayMs = MATCH_EVERY_MS): Promise<void> {
    return this.#wake.setNoLaterThan(
      Math.min(
        // Whatever is outside sets the alarm itself when it changes, so an order on paper need not ask it.
        this.#wake.isSet ? Number.POSITIVE_INFINITY : this.outside.nextLook(),
        this.ledger.hasOpenOrders() ? at + matchDelayMs : Number.POSITIVE_INFINITY,
        this.#switch.deadline,
        this.ledger.holdsUnsettled() ? at + SETTLE_EVERY_MS : Number.POSITIVE_INFINITY,
        this.#sweepAt,
      ),
    );
  }
}

function startingBalance(env: ObjectEnv): Micro {
  const balance = parseMicro(env.PAPER_STARTING_BALANCE);
  if (balance === undefined) throw new Error('PAPER_STARTING_BALANCE must be a plain amount of USD');
  return balance;
}
