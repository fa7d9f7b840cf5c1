import type { PlannedAccount, ChaosVenue } from './plan.ts';
import type { Wallet } from 'ethers';

/** An account of the run, and how it asks. */
export interface ChaosAccount extends PlannedAccount {
  /** Whose ids its orders have: a venue's, or the paper account's own. */
  readonly book: string;
  /** Who it is, and the credentials of the request where it brings them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Who pays the fees of its orders; undefined where they bring none. */
  readonly payer?: Wallet;
}

/** The market of each venue that the run trades on. */
export type Markets = Readonly<Record<ChaosVenue, string>>;
