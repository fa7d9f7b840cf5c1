import { hashUuid } from '../lib/random.ts';
import { type ApiKeys, createApiKeys } from './auth/api-keys.ts';
import { type BuilderKeys, createBuilderKeys } from './auth/builder-key-store.ts';
import { emptyBook, type OrderBook } from '../lib/book/order-book.ts';
import type { Side } from './book/mirror.ts';
import { initialMid } from '../lib/book/synthetic-quotes.ts';
import { buildCatalog } from './catalog/build-catalog.ts';
import { isYes, type Market } from './catalog/market.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { OrderRecord, TradeRecord } from './orders/records.ts';
import { ONE, type Micro } from '../lib/units.ts';

export interface MarketState {
  readonly market: Market;
  readonly book: OrderBook;
  /** Best synthetic bid, in ticks of the market. */
  mid: number;
  frozen: boolean;
  accepting: boolean;
  /** Winning token once resolved. */
  winner: string | undefined;
  closedAtMs: number | undefined;
  lastTrade: { readonly price: Micro; readonly side: Side; readonly yes: boolean };
  /** Venue time of the last change, ms: the book's `timestamp`. */
  changedAtMs: number;
  volume: Micro;
}

export interface HeartbeatState {
  readonly id: string;
  readonly deadlineMs: number;
}

export interface Notification {
  readonly id: number;
  readonly type: number;
  readonly owner: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
}

export interface Venue {
  readonly seed: number;
  readonly version: 1 | 2;
  readonly markets: readonly MarketState[];
  readonly byCondition: ReadonlyMap<string, MarketState>;
  readonly byToken: ReadonlyMap<string, MarketState>;
  readonly ledger: Ledger;
  readonly orders: Map<string, OrderRecord>;
  /** Resting and delayed orders by lower-case maker: what reserves cash and shares. */
  readonly openByMaker: Map<string, Set<OrderRecord>>;
  readonly delayed: Set<OrderRecord>;
  readonly expiring: Set<OrderRecord>;
  readonly trades: Map<string, TradeRecord>;
  readonly unconfirmed: Set<TradeRecord>;
  /** Trades that the market channel has not told yet. */
  readonly tape: TradeRecord[];
  readonly apiKeys: ApiKeys;
  readonly builderKeys: BuilderKeys;
  /** Funder wallets by the EOA that controls them, learnt from the first valid order. */
  readonly controllers: Map<string, string>;
  readonly heartbeats: Map<string, HeartbeatState>;
  readonly notifications: Map<string, Notification[]>;
  ticks: number;
  seq: number;
  clockOffsetMs: number;
}

/** Who owns the synthetic liquidity, in trades and maker_orders. */
export const HOUSE_ADDRESS = '0x00000000000000000000000000000000000A11cE';
export const HOUSE_OWNER = hashUuid('house');

export function createVenue(seed: number, version: 1 | 2): Venue {
  const catalog = buildCatalog(seed);
  const now = Date.now();
  const markets = catalog.map((market) => createMarketState(seed, market, now));
  return {
    seed,
    version,
    markets,
    byCondition: new Map(markets.map((state) => [state.market.conditionId, state])),
    byToken: new Map(
      markets.flatMap((state): [string, MarketState][] => [
        [state.market.yesToken, state],
        [state.market.noToken, state],
      ]),
    ),
    ledger: createLedger(),
    orders: new Map(),
    openByMaker: new Map(),
    delayed: new Set(),
    expiring: new Set(),
    trades: new Map(),
    unconfirmed: new Set(),
    tape: [],
    apiKeys: createApiKeys(seed),
    builderKeys: createBuilderKeys(seed),
    controllers: new Map(),
    heartbeats: new Map(),
    notifications: new Map(),
    ticks: 0,
    seq: 0,
    clockOffsetMs: 0,
  };
}

function createMarketState(seed: number, market: Market, now: number): MarketState {
  const mid = initialMid(seed, market);
  return {
    market,
    book: emptyBook(),
    mid,
    frozen: false,
    accepting: market.initialState === 'open',
    winner: market.initialState === 'resolved' ? market.yesToken : undefined,
    closedAtMs: market.initialState === 'open' ? undefined : Date.parse(market.endDate),
    lastTrade: { price: BigInt(mid) * market.tick, side: 'BUY', yes: true },
    changedAtMs: now,
    volume: 0n,
  };
}

/** The venue's own clock; tests shift it to age orders and to skew signatures. */
export function nowMs(venue: Venue): number {
  return Date.now() + venue.clockOffsetMs;
}

export function nowSeconds(venue: Venue): number {
  return Math.floor(nowMs(venue) / 1000);
}

export function nextSeq(venue: Venue): number {
  venue.seq += 1;
  return venue.seq;
}

/** A market with a live book for this token, or undefined: closed markets have no book. */
export function tradableByToken(venue: Venue, tokenId: string): MarketState | undefined {
  const state = venue.byToken.get(tokenId);
  return state?.accepting === true ? state : undefined;
}

export function lastPriceFor(state: MarketState, tokenId: string): Micro {
  const { price, yes } = state.lastTrade;
  return isYes(state.market, tokenId) === yes ? price : ONE - price;
}
