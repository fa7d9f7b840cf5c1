import type { BookSide } from '../../lib/book/order-book.ts';
import type { Micro } from '../../lib/units.ts';

export type TimeInForce = 'good_till_canceled' | 'immediate_or_cancel' | 'fill_or_kill';
export type SelfTradePrevention = 'taker_at_cross' | 'maker';
export type OrderStatus = 'resting' | 'canceled' | 'executed';

/** What a request asks for, checked. Prices and sides are of YES: selling YES at p is buying NO at 1 - p. */
export interface OrderTerms {
  readonly ticker: string;
  /** The caller's, or one that the venue made up. */
  readonly clientOrderId: string;
  readonly side: BookSide;
  readonly count: Micro;
  readonly price: Micro;
  readonly timeInForce: TimeInForce;
  readonly selfTrade: SelfTradePrevention;
  readonly postOnly: boolean;
  readonly cancelOnPause: boolean;
  /** Unix seconds. */
  readonly expirationTime: number | undefined;
}

export interface OrderRecord extends OrderTerms {
  readonly id: string;
  readonly userId: string;
  readonly createdAtMs: number;
  remaining: Micro;
  takerCost: Micro;
  makerCost: Micro;
  takerFees: Micro;
  makerFees: Micro;
  filled: Micro;
  /** See `feeOfFill`. */
  overpaid: bigint;
  status: OrderStatus;
  updatedAtMs: number;
}

/** One user's part of a trade. */
export interface FillRecord {
  readonly id: string;
  readonly orderId: string;
  readonly userId: string;
  readonly ticker: string;
  readonly side: BookSide;
  readonly count: Micro;
  /** YES price. */
  readonly price: Micro;
  readonly isTaker: boolean;
  readonly fee: Micro;
  readonly createdAtMs: number;
}

/** Public. */
export interface TradeRecord {
  readonly id: string;
  readonly ticker: string;
  readonly count: Micro;
  readonly price: Micro;
  readonly takerSide: BookSide;
  readonly createdAtMs: number;
}
