import { boundedSet } from '../lib/bounded-collections.ts';
import { mulFloor, ONE, type Micro } from '../lib/units.ts';

/** Every new address starts with this much, fully allowed: a test venue hands out money. */
export const STARTING_CASH: Micro = 100_000n * ONE;

const MAX_ACCOUNTS = 20_000;

export interface Holding {
  shares: Micro;
  /** What the shares held now cost. */
  cost: Micro;
  bought: Micro;
  realized: Micro;
}

export interface Account {
  cash: Micro;
  fees: Micro;
  readonly holdings: Map<string, Holding>;
}

export interface Ledger {
  /** By lower-case maker address. */
  readonly accounts: Map<string, Account>;
  /** The synthetic market maker: unlimited, may go negative, still counted by conservation. */
  readonly house: Account;
  /** Complete sets minted less merged, per condition: the collateral behind the shares. */
  readonly sets: Map<string, Micro>;
  deposits: Micro;
  collectedFees: Micro;
}

export function createLedger(): Ledger {
  return {
    accounts: new Map(),
    house: { cash: 0n, fees: 0n, holdings: new Map() },
    sets: new Map(),
    deposits: 0n,
    collectedFees: 0n,
  };
}

export function accountOf(ledger: Ledger, maker: string): Account {
  const key = maker.toLowerCase();
  const known = ledger.accounts.get(key);
  if (known !== undefined) return known;
  const account: Account = { cash: STARTING_CASH, fees: 0n, holdings: new Map() };
  ledger.deposits += STARTING_CASH;
  boundedSet(ledger.accounts, key, account, MAX_ACCOUNTS);
  return account;
}

export function sharesOf(account: Account, tokenId: string): Micro {
  return account.holdings.get(tokenId)?.shares ?? 0n;
}

export function holdingOf(account: Account, tokenId: string): Holding {
  const known = account.holdings.get(tokenId);
  if (known !== undefined) return known;
  const holding: Holding = { shares: 0n, cost: 0n, bought: 0n, realized: 0n };
  account.holdings.set(tokenId, holding);
  return holding;
}

export function applyBuy(account: Account, tokenId: string, shares: Micro, usd: Micro): void {
  const holding = holdingOf(account, tokenId);
  account.cash -= usd;
  holding.shares += shares;
  holding.cost += usd;
  holding.bought += shares;
}

/** Cost leaves in proportion to the shares sold, so the average price of the rest stays. */
export function applySell(account: Account, tokenId: string, shares: Micro, usd: Micro): void {
  const holding = holdingOf(account, tokenId);
  const cost = holding.shares > 0n ? (holding.cost * shares) / holding.shares : 0n;
  account.cash += usd;
  holding.shares -= shares;
  holding.cost -= cost;
  holding.realized += usd - cost;
}

export function chargeFee(ledger: Ledger, account: Account, fee: Micro): void {
  account.cash -= fee;
  account.fees += fee;
  ledger.collectedFees += fee;
}

/** Two buyers of opposite outcomes mint sets; two sellers merge them back. */
export function changeSets(ledger: Ledger, conditionId: string, delta: Micro): void {
  ledger.sets.set(conditionId, (ledger.sets.get(conditionId) ?? 0n) + delta);
}

/**
 * Taker fee: shares x rate x p x (1 - p), to five decimals (contract clob.md), rounded down.
 * `rate` is micro; the result is micro-USD.
 */
export function takerFee(rate: Micro | undefined, shares: Micro, price: Micro): Micro {
  if (rate === undefined || rate === 0n) return 0n;
  const fee = mulFloor(mulFloor(shares, rate), mulFloor(price, ONE - price));
  return fee - (fee % 10n);
}

/** Test money. A fresh account gets its starting balance first. */
export function deposit(ledger: Ledger, maker: string, usd: Micro): void {
  accountOf(ledger, maker).cash += usd;
  ledger.deposits += usd;
}
