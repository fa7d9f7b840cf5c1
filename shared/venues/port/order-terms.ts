import type { Side } from './market-data.ts';
import type { Micro } from '../../money/fixed.ts';

/** `ioc` takes what is there and ends; `gtd` rests until `expiration` (contract: router, "Routes"). */
export type OrderType = 'gtc' | 'ioc' | 'fok' | 'gtd';

/** What a caller asks for. Every order has a limit price. */
export interface OrderTerms {
  /** The venue's own id. */
  readonly marketId: string;
  /** Name of the outcome, in any case. */
  readonly outcome: string;
  readonly side: Side;
  readonly price: Micro;
  readonly size: Micro;
  readonly type: OrderType;
  readonly postOnly: boolean;
  /** Unix seconds, with `gtd` alone. */
  readonly expiration?: number | undefined;
  /** Only for venues that dedupe by it, and needed there: the journal makes one where the caller gave none. */
  readonly clientOrderId?: string | undefined;
  /**
   * Micro-dollars to spend in place of `size`, which is then what they buy at least: a BUY that must not rest, on
   * venues that measure one so (`Capabilities.budgets`).
   */
  readonly budget?: Micro | undefined;
}

export type TimeInForce = 'GTC' | 'GTD' | 'FOK' | 'FAK';
