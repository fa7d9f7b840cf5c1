import type { Side } from '../book/mirror.ts';
import { mulCeil, type Micro } from '../../lib/units.ts';

export type OrderType = 'GTC' | 'GTD' | 'FOK' | 'FAK';

/** The statuses of `GET /data/order/{id}`; DELAYED and UNMATCHED never leave the control API. */
export type OrderStatus =
  | 'LIVE'
  | 'MATCHED'
  | 'CANCELED'
  | 'CANCELED_MARKET_RESOLVED'
  | 'DELAYED'
  | 'UNMATCHED';

export interface OrderRecord {
  /** EIP-712 digest of the signed order. */
  readonly id: string;
  /** API key that placed it. */
  readonly owner: string;
  /** Address of that API key, lower case. */
  readonly ownerAddress: string;
  /** As signed. */
  readonly maker: string;
  readonly makerKey: string;
  readonly signer: string;
  readonly version: 1 | 2;
  readonly conditionId: string;
  readonly tokenId: string;
  readonly yes: boolean;
  readonly side: Side;
  readonly price: Micro;
  readonly shares: Micro;
  readonly makerAmount: Micro;
  readonly takerAmount: Micro;
  readonly orderType: OrderType;
  readonly postOnly: boolean;
  /** Unix seconds, 0 for none. */
  readonly expiration: number;
  readonly createdAt: number;
  readonly builder: string | undefined;
  readonly tradeIds: string[];
  matchedShares: Micro;
  matchedUsd: Micro;
  /** True once it stood in the book: only such orders are found by id afterwards. */
  rested: boolean;
  status: OrderStatus;
}

export interface MakerFill {
  readonly orderId: string;
  readonly owner: string;
  readonly maker: string;
  readonly makerKey: string | null;
  readonly shares: Micro;
  readonly price: Micro;
  readonly tokenId: string;
  readonly outcome: string;
  readonly side: Side;
}

export interface TradeRecord {
  readonly id: string;
  readonly takerOrderId: string;
  readonly takerOwner: string;
  readonly takerMaker: string;
  readonly takerKey: string | null;
  readonly conditionId: string;
  readonly tokenId: string;
  readonly outcome: string;
  readonly side: Side;
  readonly shares: Micro;
  readonly price: Micro;
  readonly feeRateBps: number;
  readonly fee: Micro;
  readonly builder: string | undefined;
  readonly transactionHash: string;
  readonly matchedAtMs: number;
  readonly makers: readonly MakerFill[];
  updatedAtMs: number;
  status: 'MATCHED' | 'CONFIRMED';
}

/** Micro-USD an open order may still spend. A sell reserves shares instead. */
export function reservedUsd(order: OrderRecord): Micro {
  if (order.side !== 'BUY') return 0n;
  if (order.orderType === 'FOK' || order.orderType === 'FAK') return order.makerAmount;
  const remaining = order.shares - order.matchedShares;
  return mulCeil(remaining, order.price);
}

export function reservedShares(order: OrderRecord, tokenId: string): Micro {
  if (order.side !== 'SELL' || order.tokenId !== tokenId) return 0n;
  return order.shares - order.matchedShares;
}
