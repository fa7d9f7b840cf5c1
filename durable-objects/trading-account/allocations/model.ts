import type { Failure } from '../../../shared/errors/failure.ts';
import type { Micro } from '../../../shared/money/fixed.ts';
import type { Redemption } from '../ledger/model.ts';

/** The paper account's own wallet; at a live venue one is known as `TradingSession.identity` tells it. */
export const PAPER_WALLET = 'paper';

/** A session's part of the wallet's money, in micro-USD. */
export interface Allocation {
  readonly session: number;
  /** PAPER_WALLET, or the wallet at Polymarket that the session was opened on. */
  readonly wallet: string;
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
export interface SessionFunds {
  readonly allocation: Allocation;
  readonly holdings: readonly Holding[];
}

/** Which token is bought or sold. */
export interface TradedToken {
  readonly token: string;
  readonly market: string;
  readonly outcome: string;
}

/** One token of a redemption on paper. `id` numbers what was paid; null: it is not settled yet. */
export interface PaperRedemption {
  readonly token: string;
  readonly paid: Redemption | null;
}

/** Of a session's redemption on paper; `replayed` where its name was used: nothing is done then. */
export type SessionRedemption =
  | { readonly replayed: boolean; readonly rows: readonly PaperRedemption[] }
  | Failure;
