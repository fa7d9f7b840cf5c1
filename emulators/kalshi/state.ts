import { emptyBook, type OrderBook } from '../lib/book/order-book.ts';
import { initialMid } from '../lib/book/synthetic-quotes.ts';
import type { Micro } from '../lib/units.ts';
import { hashUuid } from '../lib/random.ts';
import type { ApiKeyRecord } from './auth/api-key-record.ts';
import { buildCatalog } from './catalog/build-catalog.ts';
import type { Market } from './catalog/market.ts';
import { createLedger, type Ledger, type Outcome } from './ledger.ts';
import type { FillRecord, OrderRecord, TradeRecord } from './orders/records.ts';

export interface MarketState {
  readonly market: Market;
  readonly book: OrderBook;
  /** Best synthetic bid, in ticks of the market. */
  mid: number;
  frozen: boolean;
  status: 'active' | 'closed' | 'finalized';
  result: Outcome | undefined;
  settledAtMs: number | undefined;
  /** 0 until the first trade. */
  lastPrice: Micro;
  previousPrice: Micro;
  /** Contracts. */
  volume: Micro;
}

export interface Venue {
  readonly seed: number;
  readonly markets: readonly MarketState[];
  readonly byTicker: ReadonlyMap<string, MarketState>;
  readonly ledger: Ledger;
  /** By order id, oldest first. */
  readonly orders: Map<string, OrderRecord>;
  /** Resting orders by user id: what reserves cash. */
  readonly openByUser: Map<string, Set<OrderRecord>>;
  /** `<user id> <client order id>`: permanent, whatever became of the order. */
  readonly usedClientIds: Map<string, true>;
  readonly expiring: Set<OrderRecord>;
  /** Oldest first. */
  readonly fills: FillRecord[];
  readonly trades: TradeRecord[];
  readonly apiKeys: Map<string, ApiKeyRecord>;
  tradingActive: boolean;
  ticks: number;
  seq: number;
  clockOffsetMs: number;
}

export function createVenue(seed: number): Venue {
  const markets = buildCatalog().map((market) => createMarketState(seed, market));
  return {
    seed,
    markets,
    byTicker: new Map(markets.map((state) => [state.market.ticker, state])),
    ledger: createLedger(),
    orders: new Map(),
    openByUser: new Map(),
    usedClientIds: new Map(),
    expiring: new Set(),
    fills: [],
    trades: [],
    apiKeys: new Map(),
    tradingActive: true,
    ticks: 0,
    seq: 0,
    clockOffsetMs: 0,
  };
}

function createMarketState(seed: number, market: Market): MarketState {
  const settled = market.initialState === 'settled';
  return {
    market,
    book: emptyBook(),
    mid: initialMid(seed, market),
    frozen: false,
    status: market.initialState === 'open' ? 'active' : settled ? 'finalized' : 'closed',
    result: settled ? 'yes' : undefined,
    settledAtMs: settled ? Date.parse(market.closeTime) : undefined,
    lastPrice: 0n,
    previousPrice: 0n,
    volume: 0n,
  };
}

/** The venue's own clock; tests shift it to age orders and to skew signatures. */
export function nowMs(venue: Venue): number {
  return Date.now() + venue.clockOffsetMs;
}

export function nextSeq(venue: Venue): number {
  venue.seq += 1;
  return venue.seq;
}

/** Users are named by a label in the control API and by this id on the wire. */
export function userIdOf(venue: Venue, account: string): string {
  return hashUuid('kalshi-user', venue.seed, account);
}
