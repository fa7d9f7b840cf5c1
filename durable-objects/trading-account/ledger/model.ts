import type { CommandName } from '../journal/command-name.ts';
import type { Micro } from '../../../shared/money/fixed.ts';
import type { Side } from '../../../shared/venues/port.ts';
import type { TimeInForce } from '../../../shared/venues/port/order-terms.ts';
export type OrderStatus = 'open' | 'filled' | 'cancelled' | 'expired';

/** An order that a surface wants placed. Price and size in micro, times in Unix ms. */
export interface OrderRequest {
  readonly tokenId: string;
  readonly side: Side;
  readonly timeInForce: TimeInForce;
  /** A `market` order that cannot fill whole is refused; a FOK `limit` order is accepted and ends at once. */
  readonly kind: 'limit' | 'market';
  /** Limit, or for FOK and FAK the worst price accepted. */
  readonly price: Micro;
  /** Shares; with `budget` the most there may be. */
  readonly size: Micro;
  /** Micro-USD to spend in place of a number of shares: a market BUY by amount. */
  readonly budget?: Micro;
  readonly clientOrderId?: string;
  /** What this order is known by when it comes again; an order without one is new each time. */
  readonly identity?: CommandName;
  readonly postOnly: boolean;
  /** Only with GTD. */
  readonly expiresAt?: number;
  /**
   * The price was computed from two rounded amounts, as market orders of Polymarket's clients are: take the
   * nearest tick if it lies within a fiftieth of one.
   */
  readonly priceFromAmounts: boolean;
  /** The agent's session that trades: with its own part of the wallet, and with nothing else. */
  readonly session?: number;
  /** API key and wallet that the wire shows as the order's owner. */
  readonly owner: string;
  readonly maker: string;
}

/** An order as it stands. */
export interface Order {
  readonly id: number;
  readonly token: string;
  readonly market: string;
  readonly outcome: string;
  readonly side: Side;
  readonly tif: TimeInForce;
  readonly kind: OrderRequest['kind'];
  readonly clientOrderId: string | null;
  readonly price: Micro;
  readonly size: Micro;
  readonly filled: Micro;
  /** What it still holds back: micro-USD for a BUY, micro-shares for a SELL. */
  readonly reserved: Micro;
  readonly status: OrderStatus;
  readonly expiresAt: number | null;
  readonly owner: string;
  readonly maker: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type NewOrder = Omit<Order, 'id'>;

export interface Trade {
  readonly id: number;
  readonly orderId: number;
  readonly token: string;
  readonly market: string;
  readonly outcome: string;
  readonly side: Side;
  readonly role: 'TAKER' | 'MAKER';
  readonly shares: Micro;
  /** shares × price, in micro-USD, before the fee. */
  readonly notional: Micro;
  readonly fee: Micro;
  readonly realised: Micro;
  readonly at: number;
}

/** Fields of the order that a trade belongs to, for wire shapes that show both. */
export interface TradeWithOrder extends Trade {
  readonly owner: string;
  readonly maker: string;
}

export interface Position {
  readonly token: string;
  readonly market: string;
  readonly outcome: string;
  readonly shares: Micro;
  /** Held back by resting SELL orders. */
  readonly reserved: Micro;
  readonly cost: Micro;
  readonly realised: Micro;
  /** What a share pays since its market resolved: one dollar or nothing; null while it trades. */
  readonly settled: Micro | null;
}

/** The money of a paper account. cash + reserved + fees + Σ cost = deposits + realised, always. */
export interface Money {
  readonly cash: Micro;
  readonly reserved: Micro;
  readonly fees: Micro;
  readonly deposits: Micro;
  readonly realised: Micro;
}

/** One position paid out. */
export interface Redemption {
  readonly id: number;
  readonly token: string;
  readonly market: string;
  readonly outcome: string;
  readonly shares: Micro;
  readonly payout: Micro;
  readonly realised: Micro;
}
