import { ONE, type Micro } from '../../lib/units.ts';

export interface Series {
  readonly ticker: string;
  readonly title: string;
  readonly category: string;
  readonly frequency: string;
  readonly makerFees: boolean;
}

export interface MarketEvent {
  readonly ticker: string;
  readonly series: Series;
  readonly title: string;
  readonly subTitle: string;
  /** At most one of its markets resolves to yes. */
  readonly mutuallyExclusive: boolean;
}

/** Names of the venue's price grids, with their step. */
export const PRICE_STEP = { linear_cent: ONE / 100n, deci_cent: ONE / 1000n } as const;

export type PriceStructure = keyof typeof PRICE_STEP;

/** A market's identity: the same in every run. */
export interface Market {
  /** Position in the catalogue; the seeded mover keys its randomness on it. */
  readonly index: number;
  readonly ticker: string;
  readonly event: MarketEvent;
  readonly yesSubTitle: string;
  readonly structure: PriceStructure;
  readonly tick: Micro;
  readonly openTime: string;
  readonly closeTime: string;
  readonly initialState: 'open' | 'closed' | 'settled';
}

/**
 * Hundredths of a contract trade where neither price steps nor maker fees can leave a fraction of a hundredth of a
 * cent; elsewhere contracts are whole, and cash needs no rounding fee.
 */
export function allowsFractions(market: Market): boolean {
  return market.structure === 'linear_cent' && !market.event.series.makerFees;
}
