import type { Failure } from '../../errors/failure.ts';
import type { Micro } from '../../money/fixed.ts';
import type { Capabilities } from './capabilities.ts';
import type { Found, Level, Side } from './market-data.ts';

export interface ListedOutcome {
  readonly name: string;
  readonly price?: Micro | undefined;
  readonly tokenId?: string | undefined;
}

export type ListedStatus = 'open' | 'closed' | 'resolved';

/** A market as it is listed (contract: router, "Market data"). */
export interface ListedMarket {
  /** The venue's own id: condition id, ticker, slug. */
  readonly id: string;
  readonly groupId?: string | undefined;
  readonly groupTitle?: string | undefined;
  readonly question: string;
  readonly status: ListedStatus;
  readonly type: 'binary' | 'categorical';
  readonly outcomes: readonly ListedOutcome[];
  /** Micro-dollars, or micro-contracts where the venue counts those. */
  readonly volume?: Micro | undefined;
  readonly liquidity?: Micro | undefined;
  readonly tick?: Micro | undefined;
  readonly minSize?: Micro | undefined;
  /** ISO-8601. */
  readonly endDate?: string | undefined;
  readonly imageUrl?: string | undefined;
  readonly conditionId?: string | undefined;
}

export interface ListedEvent {
  readonly id: string;
  readonly title: string;
  readonly status: ListedStatus;
  readonly category?: string | undefined;
  readonly endDate?: string | undefined;
  readonly volume?: Micro | undefined;
  readonly markets: readonly ListedMarket[];
}

/** Filters that a venue lacks are applied to what it lists; none is dropped. */
export interface MarketQuery {
  readonly status?: ListedStatus | undefined;
  /** Part of the question or of the event's title, in any case. */
  readonly search?: string | undefined;
  readonly minVolume?: Micro | undefined;
  readonly minLiquidity?: Micro | undefined;
  /** Venue ids, at most 100; those that do not exist are left out. Goes alone, without a cursor. */
  readonly ids?: readonly string[] | undefined;
  /** 1-100. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

export type EventQuery = Pick<MarketQuery, 'status' | 'search' | 'limit' | 'cursor'>;

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. A page may be short, even empty, and have a next one. */
  readonly next?: string | undefined;
}

/** One outcome of a market. `outcome` in any case; Yes when absent on a binary market. */
export interface OutcomeQuery {
  readonly marketId: string;
  readonly outcome?: string | undefined;
}

export interface OutcomeBook {
  readonly marketId: string;
  readonly outcome: string;
  readonly tokenId?: string | undefined;
  /** Best level first on both sides. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** Unix ms: the venue's time where it gives one, else when the answer came. */
  readonly at: number;
  readonly tick?: Micro | undefined;
  readonly minSize?: Micro | undefined;
}

export interface PublicTrade {
  readonly id: string;
  readonly outcome: string;
  /** Of the taker. */
  readonly side: Side;
  readonly price: Micro;
  readonly size: Micro;
  /** Unix ms. */
  readonly at: number;
}

export interface TradesQuery extends OutcomeQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** How far back prices reach: `1m` is a month. */
export const priceIntervals = ['1h', '6h', '1d', '1w', '1m', 'max'] as const;
export type PriceInterval = (typeof priceIntervals)[number];

export interface Candle {
  /** End of the period, Unix seconds. */
  readonly at: number;
  readonly open: Micro;
  readonly high: Micro;
  readonly low: Micro;
  readonly close: Micro;
  readonly volume?: Micro | undefined;
}

/**
 * Taker fee, rounded up to a multiple of `unit` micro-dollars: shares × rate × (p × (1 − p))^exponent, or, on the
 * `cheaper-side`, shares × rate × the smaller of p and 1 − p, where the exponent is 1.
 */
export interface FeeCurve {
  readonly rate: Micro;
  readonly exponent: number;
  readonly unit: bigint;
  readonly basis?: 'cheaper-side' | undefined;
  /** Where fees are computed in `unit` and debited in this coarser one: then rounded to the nearest of each. */
  readonly settledIn?: bigint;
}

/** The data half of a venue: all that data-only venues have. Failures as for `MarketData`, and NOT_SUPPORTED. */
export interface DataVenue {
  readonly capabilities: Capabilities;
  markets(query: MarketQuery): Promise<Found<Page<ListedMarket>>>;
  events(query: EventQuery): Promise<Found<Page<ListedEvent>>>;
  /** MARKET_NOT_FOUND when there is none. */
  market(id: string): Promise<Found<ListedMarket>>;
  book(query: OutcomeQuery): Promise<Found<OutcomeBook>>;
  /** Newest first. */
  trades(query: TradesQuery): Promise<Found<Page<PublicTrade>>>;
  prices(query: OutcomeQuery & { readonly interval: PriceInterval }): Promise<Found<readonly Candle[]>>;
  fee(marketId: string): Promise<Found<FeeCurve>>;
  /** What the venue tells of an address, untouched. */
  userActivity(address: string): Promise<Found<unknown>>;
  /** Whether the venue answers at all; undefined is yes. */
  ping(): Promise<Failure | undefined>;
}
