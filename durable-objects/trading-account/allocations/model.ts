import type { Micro } from '../../../shared/money/fixed.ts';

/** Where a session's part of the wallet is. */
export type AllocationVenue = 'paper' | 'polymarket';

/** A session's part of the wallet's money, in micro-USD. */
export interface Allocation {
  readonly session: number;
  readonly venue: AllocationVenue;
  readonly granted: Micro;
  /** What it may still spend. */
  readonly cash: Micro;
  /** What its commands on a live venue hold back. */
  readonly cashOut: Micro;
}

/** A session's part of the wallet's shares of one token. */
export interface Holding {
  readonly token: string;
  readonly market: string;
  readonly outcome: string;
  readonly shares: Micro;
  /** Of these, in SELL orders whose outcome is not known yet. */
  readonly sharesOut: Micro;
  /** What the shares cost, fees apart. */
  readonly cost: Micro;
  readonly realised: Micro;
  /** What the shares had cost that were sold or redeemed: `realised` was made on it. */
  readonly closedCost: Micro;
}

/** All that a session has. */
export interface Part {
  readonly allocation: Allocation;
  readonly holdings: readonly Holding[];
}

/** Which token is bought or sold. */
export interface Traded {
  readonly token: string;
  readonly market: string;
  readonly outcome: string;
}
