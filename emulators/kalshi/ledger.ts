import { boundedSet } from '../lib/bounded-collections.ts';
import { minMicro, ONE, type Micro } from '../lib/units.ts';

/** Every new account starts with this much: a test venue hands out money. */
export const STARTING_CASH: Micro = 100_000n * ONE;

const MAX_ACCOUNTS = 20_000;

export type Outcome = 'yes' | 'no';

export interface Position {
  /** YES contracts; below zero for NO contracts. Never both: a pair is paid out at once. */
  contracts: Micro;
  /** What the contracts held now cost. */
  cost: Micro;
  realized: Micro;
  fees: Micro;
  /** Dollars of everything ever traded. */
  traded: Micro;
  updatedAtMs: number;
}

export interface Account {
  readonly userId: string;
  /** Before reservations. */
  cash: Micro;
  /** By market ticker. */
  readonly positions: Map<string, Position>;
}

export interface Ledger {
  /** By user id. */
  readonly accounts: Map<string, Account>;
  /** The synthetic market maker: unlimited, may go below zero, still counted by conservation. */
  readonly house: Account;
  /** Pairs of YES and NO outstanding per ticker: a dollar of collateral each. */
  readonly openInterest: Map<string, Micro>;
  deposits: Micro;
  collectedFees: Micro;
}

export function createLedger(): Ledger {
  return {
    accounts: new Map(),
    house: { userId: 'house', cash: 0n, positions: new Map() },
    openInterest: new Map(),
    deposits: 0n,
    collectedFees: 0n,
  };
}

export function accountOf(ledger: Ledger, userId: string): Account {
  const known = ledger.accounts.get(userId);
  if (known !== undefined) return known;
  const account: Account = { userId, cash: STARTING_CASH, positions: new Map() };
  ledger.deposits += STARTING_CASH;
  boundedSet(ledger.accounts, userId, account, MAX_ACCOUNTS);
  return account;
}

export function contractsOf(account: Account, ticker: string): Micro {
  return account.positions.get(ticker)?.contracts ?? 0n;
}

export interface TradeEffect {
  /** Contracts of the other outcome that the trade closes. */
  readonly closed: Micro;
  readonly opened: Micro;
  /** Below zero when the trade costs money. */
  readonly cash: Micro;
  readonly position: Micro;
}

/**
 * What buying `count` of an outcome at its own price does to somebody who holds `position`. Holders of the other
 * outcome close first: each pair is worth a dollar at once. Exact, because prices and counts are whole steps.
 */
export function effectOf(position: Micro, outcome: Outcome, count: Micro, price: Micro): TradeEffect {
  const opposite = outcome === 'yes' ? -position : position;
  const closed = opposite > 0n ? minMicro(opposite, count) : 0n;
  const opened = count - closed;
  return {
    closed,
    opened,
    cash: (closed * (ONE - price) - opened * price) / ONE,
    position: outcome === 'yes' ? position + count : position - count,
  };
}

export interface LedgerTrade {
  readonly ticker: string;
  readonly count: Micro;
  /** YES price. */
  readonly price: Micro;
  readonly nowMs: number;
}

/** Moves cash and contracts between whoever buys YES and whoever sells it. */
export function settleTrade(ledger: Ledger, buyer: Account, seller: Account, trade: LedgerTrade): void {
  const before = longOf(buyer, trade.ticker) + longOf(seller, trade.ticker);
  applySide(buyer, 'yes', trade, trade.price);
  applySide(seller, 'no', trade, ONE - trade.price);
  const after = longOf(buyer, trade.ticker) + longOf(seller, trade.ticker);
  const open = ledger.openInterest.get(trade.ticker) ?? 0n;
  ledger.openInterest.set(trade.ticker, open + after - before);
}

function longOf(account: Account, ticker: string): Micro {
  const held = contractsOf(account, ticker);
  return held > 0n ? held : 0n;
}

function applySide(account: Account, outcome: Outcome, trade: LedgerTrade, price: Micro): void {
  const position = positionOf(account, trade.ticker);
  const held = position.contracts < 0n ? -position.contracts : position.contracts;
  const effect = effectOf(position.contracts, outcome, trade.count, price);
  // Cost leaves in proportion to what is closed, so the average price of the rest stays.
  const costOut = effect.closed > 0n ? (position.cost * effect.closed) / held : 0n;
  position.realized += (effect.closed * (ONE - price)) / ONE - costOut;
  position.cost += (effect.opened * price) / ONE - costOut;
  position.contracts = effect.position;
  position.traded += (trade.count * price) / ONE;
  position.updatedAtMs = trade.nowMs;
  account.cash += effect.cash;
}

function positionOf(account: Account, ticker: string): Position {
  const known = account.positions.get(ticker);
  if (known !== undefined) return known;
  const position: Position = { contracts: 0n, cost: 0n, realized: 0n, fees: 0n, traded: 0n, updatedAtMs: 0 };
  account.positions.set(ticker, position);
  return position;
}

/** After the trade that it belongs to, so that the position exists. */
export function chargeFee(ledger: Ledger, account: Account, ticker: string, fee: Micro): void {
  account.cash -= fee;
  positionOf(account, ticker).fees += fee;
  ledger.collectedFees += fee;
}

/** Pays a dollar for every contract of the outcome that won and ends all positions of the market. */
export function settleMarket(ledger: Ledger, ticker: string, result: Outcome, nowMs: number): void {
  for (const account of [...ledger.accounts.values(), ledger.house]) {
    const position = account.positions.get(ticker);
    if (position === undefined || position.contracts === 0n) continue;
    const won = result === 'yes' ? position.contracts : -position.contracts;
    const payout = won > 0n ? won : 0n;
    account.cash += payout;
    position.realized += payout - position.cost;
    position.cost = 0n;
    position.contracts = 0n;
    position.updatedAtMs = nowMs;
  }
  ledger.openInterest.delete(ticker);
}

/** Test money. A fresh account gets its starting balance first. */
export function deposit(ledger: Ledger, userId: string, usd: Micro): Account {
  const account = accountOf(ledger, userId);
  account.cash += usd;
  ledger.deposits += usd;
  return account;
}
