import { boundedSet } from '../../lib/bounded-collections.ts';
import { createAccount } from './ledger.ts';
import type { Instrument } from './instrument.ts';
import type { Account, InstrumentBook, OrderRecord } from './types.ts';

/**
 * Everything that trades. The functions of this folder change it and nothing else: no clock, no randomness, no I/O. What
 * the world is to be told, they put into `Effects`.
 */
export interface Engine {
  readonly books: ReadonlyMap<string, InstrumentBook>;
  /** By full name, `firms/<firm>/accounts/<account>`. */
  readonly accounts: Map<string, Account>;
  /** By id, oldest first; the market maker's are not in it. */
  readonly orders: Map<string, OrderRecord>;
  /** `<firm> <clord_id>` of every order and replace so far: an id is used for good. */
  readonly clordIds: Map<string, string>;
  /** Ids are counted from here. */
  readonly firstId: number;
  orderCount: number;
  executionCount: number;
  tradeCount: number;
  priority: number;
}

/** A long run forgets its oldest ended orders, never an open one. */
const MAX_ORDERS = 200_000;
const MAX_CLORD_IDS = 500_000;

const NO_STATS = {
  lastTradePx: 0n,
  openPx: 0n,
  highPx: 0n,
  lowPx: 0n,
  sharesTraded: 0n,
  notionalTraded: 0n,
  openInterest: 0n,
};

export function createEngine(catalogue: readonly Instrument[], firstId = 0): Engine {
  const books = catalogue.map((instrument): InstrumentBook => ({
    instrument,
    state: 'INSTRUMENT_STATE_OPEN',
    bids: [],
    offers: [],
    stops: [],
    stats: NO_STATS,
  }));
  return {
    books: new Map(books.map((book) => [book.instrument.symbol, book])),
    accounts: new Map(),
    orders: new Map(),
    clordIds: new Map(),
    firstId,
    orderCount: 0,
    executionCount: 0,
    tradeCount: 0,
    priority: 0,
  };
}

export function accountOf(engine: Engine, name: string, nowMs: number): Account {
  const known = engine.accounts.get(name);
  if (known !== undefined) return known;
  const fresh = createAccount(name, nowMs);
  engine.accounts.set(name, fresh);
  return fresh;
}

/** @throws when the symbol is not in the catalogue: only for symbols of positions and accepted orders. */
export function instrumentOf(engine: Engine, symbol: string): Instrument {
  const book = engine.books.get(symbol);
  if (book === undefined) throw new Error(`no instrument ${symbol}`);
  return book.instrument;
}

export function storeOrder(engine: Engine, order: OrderRecord): void {
  engine.orders.set(order.id, order);
  if (engine.orders.size <= MAX_ORDERS) return;
  for (const [id, { leavesQty }] of engine.orders) {
    if (leavesQty > 0n) continue;
    engine.orders.delete(id);
    return;
  }
}

export function isUsedClordId(engine: Engine, firm: string, clordId: string): boolean {
  return engine.clordIds.has(`${firm} ${clordId}`);
}

export function useClordId(engine: Engine, firm: string, clordId: string, orderId: string): void {
  boundedSet(engine.clordIds, `${firm} ${clordId}`, orderId, MAX_CLORD_IDS);
}

export function nextPriority(engine: Engine): number {
  engine.priority += 1;
  return engine.priority;
}

export function nextOrderId(engine: Engine): string {
  engine.orderCount += 1;
  return identifier('1', engine.firstId + engine.orderCount);
}

export function nextTradeId(engine: Engine): string {
  engine.tradeCount += 1;
  return identifier('T', engine.firstId + engine.tradeCount);
}

/** Thirteen capitals and digits, as the exchange's ids look. */
export function identifier(kind: string, count: number): string {
  return `${kind}${count.toString(36).toUpperCase().padStart(12, '0')}`;
}
