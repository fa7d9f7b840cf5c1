import type { Micro } from '../../money/fixed.ts';
import type { Failure } from '../../errors/failure.ts';

export type Side = 'BUY' | 'SELL';

/** One outcome of a market: what is traded. */
export interface Outcome {
  readonly tokenId: string;
  readonly label: string;
  readonly winner: boolean;
}

/** A market as the engine needs it. Prices and sizes in micro. */
export interface Market {
  readonly conditionId: string;
  readonly outcomes: readonly Outcome[];
  readonly tick: Micro;
  readonly minSize: Micro;
  readonly negRisk: boolean;
  /** Taker fee: shares × rate × (p × (1 − p))^exponent. */
  readonly feeRate: Micro;
  readonly feeExponent: number;
  /** `closed`: takes no orders; `resolved`: and an outcome has won. */
  readonly status: 'open' | 'closed' | 'resolved';
}

export interface Level {
  readonly price: Micro;
  readonly size: Micro;
}

/** An order book, best level first on both sides. */
export interface Book {
  readonly tokenId: string;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** Unix ms by the venue, where it says so. */
  readonly at?: number;
}

export type Found<T> = { readonly ok: true; readonly value: T } | Failure;

/**
 * The market data that the paper engine and the feeds need of Polymarket. The whole port is
 * `DataVenue` and, for venues that trade, `TradingVenue`. Failures:
 * TOKEN_NOT_FOUND, or VENUE_UNAVAILABLE when the venue did not answer in time or with sense.
 */
export interface MarketData {
  /** The market that a token belongs to. */
  marketOf(tokenId: string): Promise<Found<Market>>;
  /** A market by its condition id. */
  market(conditionId: string): Promise<Found<Market>>;
  /** The current book of one token. */
  book(tokenId: string): Promise<Found<Book>>;
  /** Current books of several tokens; those that do not exist are left out. */
  books(tokenIds: readonly string[]): Promise<Found<ReadonlyMap<string, Book>>>;
}
