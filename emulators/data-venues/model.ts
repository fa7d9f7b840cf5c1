import type { QuotedMarket } from '../lib/book/synthetic-quotes.ts';
import type { Level } from '../lib/book/order-book.ts';
import type { Micro } from '../lib/units.ts';

/** Place of an outcome: 0 is YES, 1 is NO, whatever they are called. */
export type OutcomeIndex = 0 | 1;
export type Status = 'open' | 'closed' | 'resolved';

/** Several markets under one question: what the venues call a group, a categorical market or a category. */
export interface Group {
  readonly id: number;
  readonly slug: string;
  readonly title: string;
  readonly category: string;
}

export interface Trade {
  readonly id: string;
  readonly outcome: OutcomeIndex;
  /** Of the taker, of the outcome. */
  readonly side: 'BUY' | 'SELL';
  readonly price: Micro;
  readonly size: Micro;
  readonly atMs: number;
}

/** Levels of YES, best first. */
export interface Levels {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

export interface Market extends QuotedMarket {
  readonly id: number;
  readonly slug: string;
  /** The question, or the option within a group. */
  readonly title: string;
  readonly group: Group | undefined;
  readonly category: string;
  /** Trades against a pool: has no book. */
  readonly pool: boolean;
  readonly labels: readonly [string, string];
  readonly tokens: readonly [string, string];
  readonly conditionId: string;
  status: Status;
  winner: OutcomeIndex | undefined;
  /** Best synthetic bid, in ticks, after `step` steps of the venue's clock. */
  mid: number;
  step: number;
  /** Set by a test: stays as it is. */
  fixed: Levels | undefined;
  /** Newest first. */
  trades: Trade[];
  volume: Micro;
}

export interface Venue {
  readonly name: string;
  readonly seed: number;
  readonly markets: readonly Market[];
  readonly groups: readonly Group[];
  readonly startedMs: number;
  /** Steps that a test asked for; undefined where the machine's clock goes. */
  manualSteps: number | undefined;
  /** What a request must carry; undefined lets everybody in. */
  apiKey: string | undefined;
}

/** Created long before any run, closing long after. */
export const CREATED_MS = Date.parse('2026-01-20T18:17:48.000Z');
export const CLOSES_MS = Date.parse('2028-02-28T15:00:00.000Z');

export const marketsOf = (venue: Venue, group: Group): readonly Market[] =>
  venue.markets.filter((market) => market.group === group);

export const marketNamed = (venue: Venue, name: string): Market | undefined =>
  venue.markets.find(({ id, slug }) => slug === name || String(id) === name);

export const totalVolume = (markets: readonly Market[]): Micro =>
  markets.reduce((sum, { volume }) => sum + volume, 0n);
