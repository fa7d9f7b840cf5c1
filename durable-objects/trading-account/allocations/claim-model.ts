import type { Side, Market } from '../../../shared/venues/port.ts';
import type { TradedToken } from './model.ts';
import type { Micro } from '../../../shared/money/fixed.ts';

/** What a session's order on a live venue may take at most. */
export interface OrderClaim {
  readonly session: number;
  readonly side: Side;
  readonly traded: TradedToken;
  /** Micro-USD of a BUY, without the fee; micro-shares of a SELL. */
  readonly size: Micro;
  readonly fee: Pick<Market, 'feeRate' | 'feeExponent'>;
}

/** What a redemption on chain pays, and to whom. */
export interface RedeemClaim {
  readonly wallet: string;
  /** One session's shares alone; without it those of everybody who holds some. */
  readonly session?: number | undefined;
  readonly market: string;
  /** Micro-USD that a share pays, by token: of the tokens that are redeemed. */
  readonly payouts: Readonly<Record<string, Micro>>;
  /** Of one session's: how many shares of each token are given up, in micro. They are held back until it is mined. */
  readonly shares?: Readonly<Record<string, Micro>> | undefined;
}

export type Claim =
  | { readonly kind: 'order'; readonly order: OrderClaim; readonly held: Micro }
  | { readonly kind: 'redeem'; readonly redeem: RedeemClaim };
