import type { ExchangeRpc } from './exchange/model.ts';
import type { SessionFunds, SessionRedemption } from './allocations/model.ts';
import type {
  CancelRequest,
  Cancelled,
  Cancelling,
  OrderView,
  PlaceCommand,
  Placing,
} from './paper/commands.ts';
import type { CtfCommand, CtfReply } from './on-chain/model.ts';
import type { EquityPoint } from './ledger/equity-log.ts';
import type { EscrowRow } from './escrow/escrow-table.ts';
import type { FillFilter, FillPlace } from './views/fills.ts';
import type { PeakAndDrawdown } from './ledger/high-water-mark.ts';
import type { LiveAccess, LiveCaller, LiveCommand, LiveReply } from './live/model.ts';
import type { Money, Position, TradeWithOrder, Redemption } from './ledger/model.ts';
import type { CommandIdentity } from './journal/command-identity.ts';
import type { ResetResult } from './lifecycle/reset-account.ts';
import type {
  ExecutedOrder,
  ExportedTrade,
  HistoryFilter,
  OrderFilter,
  Page,
  TradeFilter,
  readOrders,
} from './views/read-rows.ts';
import type { PastRedemption } from './views/past-redemptions.ts';
import type { Portfolio } from './ledger/valuation.ts';
import type { Failure } from '../../shared/errors/failure.ts';
import type { Micro } from '../../shared/money/fixed.ts';
import type { Hex } from '../../shared/signing/checks.ts';
import type { LiveVenue } from '../../shared/venues/venue-names.ts';
import type {
  OrderQuery,
  VenueFill,
  VenueOrder,
  VenueResult,
} from '../../shared/venues/port/trading-venue.ts';
import type { AskRequest } from '../../shared/relay/ask-request.ts';
import type { OrderRef } from '../../shared/relay/found-order.ts';

export type { Holding } from './allocations/model.ts';
export type { CancelRequest, Cancelled, OrderView, PlaceCommand, PlaceOutcome } from './paper/commands.ts';
export type { CtfCommand, CtfReply, CtfWork } from './on-chain/model.ts';
export type { FeeRequest } from './escrow/fee-request.ts';
export type { EscrowRow } from './escrow/escrow-table.ts';
export type { ExchangeRpc } from './exchange/model.ts';
export type { FoundOrder } from '../../shared/relay/found-order.ts';
export type { FillPlace } from './views/fills.ts';
export type { Drawdown } from './ledger/high-water-mark.ts';
export type { CommandName } from './journal/command-name.ts';
export type { LiveAccess, LiveCommand, LiveReply, LiveSource, LiveWork } from './live/model.ts';
export type { Order, OrderRequest, OrderStatus, Position, Trade, TradeWithOrder } from './ledger/model.ts';
export type { TimeInForce } from '../../shared/venues/port/order-terms.ts';
export type { CommandIdentity } from './journal/command-identity.ts';
export type { Placed } from './paper/place-order.ts';
export type { Executed, ExportedTrade, TradeFilter } from './views/read-rows.ts';
export type { PastRedemption } from './views/past-redemptions.ts';
export type { Portfolio, ValuedPosition } from './ledger/valuation.ts';
/** A session, as its account is asked about it. */
export interface SessionRef {
  readonly session: number;
  readonly venue: 'paper' | 'polymarket';
  readonly caller: LiveCaller;
}

/** How a command stands that a session has named; `none` also where it is known to have had no effect. */
export type SessionCommandStatus = 'none' | 'pending' | 'done';

/** When it was done, Unix ms; ORDERS_NOT_CANCELLED while orders are left. */
export type Ended = { readonly ok: true; readonly at: number } | Failure;

export interface ExchangeCommand {
  readonly caller: LiveCaller;
  readonly rpc: ExchangeRpc;
  /** JSON as it goes to the exchange, with every `clord_id`. */
  readonly body: string;
  readonly refs: readonly OrderRef[];
  /** `clord_id`s that the caller chose: it may say the command again under them. */
  readonly ownIds: readonly string[];
  /** Whom the exchange is to believe; a sealed token of the caller's own is not kept. */
  readonly auth: Exclude<AskRequest['auth'], 'none'>;
  readonly commandIdentity: CommandIdentity;
  /** Trade writes that the caller's tier may have in flight. */
  readonly maxWrites: number;
}

/** `body`: what the exchange said, with each order's `clord_id`. */
export type ExchangeReply =
  | { readonly ok: true; readonly replayed: boolean; readonly body: unknown }
  | Failure;

/** Orders that a live venue has cancelled, and why not others, by their ids there. */
export interface VenueCancelOutcome {
  readonly canceled: readonly string[];
  readonly notCanceled: Readonly<Record<string, string>>;
}

/** RPC interface of `TradingAccount`. */
export interface TradingAccountApi {
  /** Gives an account that nobody has used yet another first deposit. Used ones keep theirs. */
  open(deposit: Micro): Money;
  /** Ends resting orders and positions and begins again with the deposit; history stays. Idempotent. */
  reset(): ResetResult & { readonly money: Money };
  /**
   * Places orders, each with its own outcome; one that fails leaves the others be. Said again under the same
   * name, the command is not done again: its first outcomes come back.
   */
  place(command: PlaceCommand): Promise<Placing>;
  cancel(request: CancelRequest): Promise<Cancelled>;
  /** The same of a cancel that the caller has named: said again it is not done again. */
  cancelOnce(request: CancelRequest, commandIdentity: CommandIdentity): Promise<Cancelling>;
  /** Clients at `hub` watch this account from now on. WALLET_NOT_FOUND once it has been closed. */
  watch(hub: string): { readonly ok: true } | Failure;
  /**
   * Ends the account of a deleted wallet for good: cancels what rests, takes no more orders, closes its sockets.
   * Idempotent, so that a deletion cut short can be repeated.
   */
  close(): Promise<void>;
  /**
   * Ends the account of a deleted customer: as `close`, and whatever rests at these venues with its stored credentials
   * is cancelled. Returns whether all of it is; false asks to be called again.
   */
  forget(caller: LiveCaller, venues: readonly LiveVenue[]): Promise<boolean>;
  /** Closes a partner's account: takes no order any more, cancels what rests. */
  freeze(): Ended;
  /** Begins a partner's account again with its deposit; history stays, a closed one opens. */
  restart(): Ended;
  unwatch(hub: string): void;
  /** Pays out positions whose market has resolved: those named, or all. What is not settled is left alone. */
  redeem(tokens?: readonly string[]): Promise<readonly Redemption[]>;
  /** Dead man's switch: unless called again in time, every resting order is cancelled. Returns the deadline. */
  heartbeat(intervalMs: number): Promise<number>;
  openOrders(filter: OrderFilter, page: Page): readonly OrderView[];
  order(id: number): OrderView | undefined;
  /** Orders of any state with what was executed of them, newest first. */
  orders(filter: HistoryFilter, page: Page): ReturnType<typeof readOrders>;
  executedOrder(id: number): ExecutedOrder | undefined;
  trades(filter: TradeFilter, page: Page): readonly TradeWithOrder[];
  /** Fills, newest first, after the last one of the page before. */
  fills(filter: FillFilter, place: FillPlace | undefined, limit: number): readonly ExportedTrade[];
  /** Redemptions below an id, newest first. */
  redemptions(before: number, limit: number): readonly PastRedemption[];
  /** Trades after an id, oldest first. */
  tradesAfter(after: number, limit: number): readonly ExportedTrade[];
  /** The account at current prices. A venue that is away leaves prices out. */
  portfolio(): Promise<Portfolio>;
  /** The account at current prices, with how high and how low its present attempt has been. */
  performance(): Promise<{ readonly portfolio: Portfolio; readonly waters: PeakAndDrawdown }>;
  /** The newest hourly points of equity, oldest first; of those before an hour since the epoch, if asked. */
  equity(limit: number, before?: number): readonly EquityPoint[];
  /** Positions, after a look at whether their markets have resolved. */
  positions(): Promise<readonly Position[]>;
  money(): Money;
  /** Free cash: beside what sessions have. */
  freeCash(): Micro;
  /** Free shares of a token: held, not behind a resting SELL, and no session's. */
  freeShares(token: string): Micro;
  /** Sets money aside for a session; said again it changes nothing. */
  allocate(ref: SessionRef, amount: Micro): Promise<VenueResult<true>>;
  /** What a session has is the account's own again. */
  deallocate(session: number): void;
  sessionFunds(ref: SessionRef): Promise<SessionFunds | undefined>;
  /** How commands stand that a session has named. */
  sessionCommandStatus(ref: SessionRef, names: readonly string[]): Promise<SessionCommandStatus>;
  /** Redeems a session's own shares on paper, at most once under a name. */
  redeemSessionShares(session: number, tokens: readonly string[], name: string): Promise<SessionRedemption>;
  /** Places or cancels one order on a live venue, at most once. */
  submit(command: LiveCommand): Promise<LiveReply>;
  /** Orders of one request on a live venue, each with its own outcome. */
  submitAll(commands: readonly LiveCommand[]): Promise<readonly LiveReply[]>;
  /** What became of a cancel of several orders on a live venue, which the caller has named and the gateway sends. */
  cancelOutcome(
    commandIdentity: CommandIdentity,
  ): Promise<
    { readonly kind: 'new' } | { readonly kind: 'done'; readonly outcome: VenueCancelOutcome } | Failure
  >;
  recordCancel(commandIdentity: CommandIdentity, outcome: VenueCancelOutcome): Promise<void>;
  /** Dead man's switch of the orders on a live venue. Returns the deadline, Unix ms. */
  liveHeartbeat(access: LiveAccess, intervalMs: number): Promise<VenueResult<number>>;
  /** An order of this account on a live venue. */
  liveOrder(access: LiveAccess, id: string): Promise<VenueResult<VenueOrder>>;
  liveOrders(access: LiveAccess, query: OrderQuery): Promise<VenueResult<readonly VenueOrder[]>>;
  /** Fills that a live venue has told of this account's orders, in the words of whoever asked for these. */
  liveFills(venue: LiveVenue, told: readonly VenueFill[]): readonly VenueFill[];
  /** Splits, merges or redeems conditional tokens of the account's own wallet, at most once. */
  submitCtf(command: CtfCommand): Promise<CtfReply>;
  /** One command to the institutional exchange, at most once. */
  submitExchange(command: ExchangeCommand): Promise<ExchangeReply>;
  /** The fee of an order, by the payer's order id. */
  escrow(orderId: Hex): EscrowRow | undefined;
}
