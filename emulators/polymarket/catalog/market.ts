import type { Micro } from '../../lib/units.ts';

export type TickSize = '0.1' | '0.01' | '0.005' | '0.0025' | '0.001' | '0.0001';

export const CATEGORIES = [
  'crypto',
  'economics',
  'culture',
  'weather',
  'finance',
  'politics',
  'sports',
  'geopolitics',
] as const;

export type Category = (typeof CATEGORIES)[number];

/** The market's identity: a function of the seed alone, so tokens survive a restart. */
export interface Market {
  /** Position in the catalogue; the seeded mover keys its randomness on it. */
  readonly index: number;
  readonly gammaId: string;
  readonly conditionId: string;
  readonly questionId: string;
  readonly yesToken: string;
  readonly noToken: string;
  readonly question: string;
  readonly slug: string;
  readonly category: Category;
  readonly event: MarketEvent;
  readonly tickText: TickSize;
  readonly tick: Micro;
  readonly minSize: Micro;
  readonly negRisk: boolean;
  /** Taker fee rate, micro (0.07 = 70000), or undefined on markets without fees. */
  readonly feeRate: Micro | undefined;
  /** Marketable orders wait this long (sports); the emulator runs them on its next tick. */
  readonly secondsDelay: number;
  readonly startDate: string;
  readonly endDate: string;
  readonly initialState: 'open' | 'closed' | 'resolved';
}

export interface MarketEvent {
  readonly id: string;
  readonly slug: string;
  readonly title: string;
  readonly negRiskMarketId: string | undefined;
}

/**
 * Decimals of price, size and amount that the venue's own clients round to for each tick.
 * Source: ROUNDING_CONFIG of @polymarket/clob-client-v2 1.1.0.
 */
export const ROUNDING: Readonly<
  Record<TickSize, { readonly price: number; readonly size: number; readonly amount: number }>
> = {
  '0.1': { price: 1, size: 2, amount: 3 },
  '0.01': { price: 2, size: 2, amount: 4 },
  '0.005': { price: 3, size: 2, amount: 5 },
  '0.0025': { price: 4, size: 2, amount: 6 },
  '0.001': { price: 3, size: 2, amount: 5 },
  '0.0001': { price: 4, size: 2, amount: 6 },
};

/** Taker fee by category, micro (design: crypto 7 % down to geopolitics 0). */
export const FEE_RATE: Readonly<Record<Category, Micro>> = {
  crypto: 70_000n,
  economics: 50_000n,
  culture: 50_000n,
  weather: 50_000n,
  finance: 40_000n,
  politics: 40_000n,
  sports: 30_000n,
  geopolitics: 0n,
};

/** `base_fee` on fee markets: what a V1 client must sign as feeRateBps. */
const FEE_MARKET_BASE_BPS = 1000;

export function baseFeeBps(market: Market): number {
  return market.feeRate === undefined ? 0 : FEE_MARKET_BASE_BPS;
}

export function isYes(market: Market, tokenId: string): boolean {
  return market.yesToken === tokenId;
}

export function outcomeOf(market: Market, tokenId: string): 'Yes' | 'No' {
  return isYes(market, tokenId) ? 'Yes' : 'No';
}
