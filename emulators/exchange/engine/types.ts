import type { Instrument } from './instrument.ts';

/** Enum members are the wire's names; what may be absent there is undefined here. Integers are over the scales. */
export type Side = 'SIDE_BUY' | 'SIDE_SELL';
export type OrderType =
  | 'ORDER_TYPE_MARKET_TO_LIMIT'
  | 'ORDER_TYPE_LIMIT'
  | 'ORDER_TYPE_STOP'
  | 'ORDER_TYPE_STOP_LIMIT';
export type TimeInForce =
  | 'TIME_IN_FORCE_DAY'
  | 'TIME_IN_FORCE_GOOD_TILL_CANCEL'
  | 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL'
  | 'TIME_IN_FORCE_GOOD_TILL_TIME'
  | 'TIME_IN_FORCE_FILL_OR_KILL';
export type OrderState =
  | 'ORDER_STATE_NEW'
  | 'ORDER_STATE_PARTIALLY_FILLED'
  | 'ORDER_STATE_FILLED'
  | 'ORDER_STATE_CANCELED'
  | 'ORDER_STATE_REJECTED'
  | 'ORDER_STATE_EXPIRED';
export type ExecutionType =
  | 'EXECUTION_TYPE_NEW'
  | 'EXECUTION_TYPE_PARTIAL_FILL'
  | 'EXECUTION_TYPE_FILL'
  | 'EXECUTION_TYPE_CANCELED'
  | 'EXECUTION_TYPE_REPLACE'
  | 'EXECUTION_TYPE_REJECTED'
  | 'EXECUTION_TYPE_EXPIRED';
export type RejectReason =
  | 'ORD_REJECT_REASON_EXCHANGE_OPTION'
  | 'ORD_REJECT_REASON_UNKNOWN_SYMBOL'
  | 'ORD_REJECT_REASON_EXCHANGE_CLOSED'
  | 'ORD_REJECT_REASON_INCORRECT_QUANTITY'
  | 'ORD_REJECT_REASON_INVALID_PRICE_INCREMENT'
  | 'ORD_REJECT_REASON_INCORRECT_ORDER_TYPE'
  | 'ORD_REJECT_REASON_PRICE_OUT_OF_BOUNDS'
  | 'ORD_REJECT_REASON_NO_LIQUIDITY';
export type CancelRejectReason =
  | 'CXL_REJ_REASON_TOO_LATE_TO_CANCEL'
  | 'CXL_REJ_REASON_UNKNOWN_ORDER'
  | 'CXL_REJ_REASON_INVALID_PRICE_INCREMENT'
  | 'CXL_REJ_REASON_OTHER';
export type SelfMatchInstruction =
  | 'SELF_MATCH_PREVENTION_INSTRUCTION_REJECT_AGGRESSOR'
  | 'SELF_MATCH_PREVENTION_INSTRUCTION_CANCEL_RESTING'
  | 'SELF_MATCH_PREVENTION_INSTRUCTION_REMOVE_BOTH';
export type InstrumentStateName =
  | 'INSTRUMENT_STATE_CLOSED'
  | 'INSTRUMENT_STATE_OPEN'
  | 'INSTRUMENT_STATE_SUSPENDED'
  | 'INSTRUMENT_STATE_HALTED';

/** What a cancel-replace may change. */
export interface OrderLimits {
  readonly price: bigint | undefined;
  readonly stopPrice: bigint | undefined;
  readonly minQty: bigint;
  readonly timeInForce: TimeInForce;
  readonly goodTillMs: number | undefined;
  readonly postOnly: boolean;
}

export interface OrderTerms extends OrderLimits {
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  /** One of the two is set. Cash is in price times quantity. */
  readonly orderQty: bigint | undefined;
  readonly cashOrderQty: bigint | undefined;
  readonly clordId: string;
  readonly allOrNone: boolean;
  readonly selfMatchId: string;
  readonly selfMatchInstruction: SelfMatchInstruction;
  /** Told back as sent, without effect. */
  readonly labels: Readonly<Record<string, string | boolean>>;
}

export interface Owner {
  readonly firm: string;
  /** `firms/<firm>/users/<user>` */
  readonly participant: string;
  /** `firms/<firm>/accounts/<account>` */
  readonly account: string;
  /** The market maker: its orders leave no trace but the trades of others. */
  readonly synthetic: boolean;
}

export interface OrderRecord {
  readonly id: string;
  readonly owner: Owner;
  readonly terms: OrderTerms;
  limits: OrderLimits;
  clordId: string;
  state: OrderState;
  orderQty: bigint;
  cumQty: bigint;
  leavesQty: bigint;
  /** Price times quantity of all fills. */
  filledNotional: bigint;
  /** Waits for its stop price. */
  waiting: boolean;
  /** Time priority inside a price. */
  priority: number;
  lastTradeId: string;
  readonly createMs: number;
  insertMs: number;
  lastMs: number;
}

export interface InstrumentBook {
  readonly instrument: Instrument;
  state: InstrumentStateName;
  /** Best first, each with its time priority. Only `book.ts` writes to the three. */
  readonly bids: OrderRecord[];
  readonly offers: OrderRecord[];
  /** By arrival. */
  readonly stops: OrderRecord[];
  stats: InstrumentStats;
}

export interface InstrumentStats {
  readonly lastTradePx: bigint;
  readonly openPx: bigint;
  readonly highPx: bigint;
  readonly lowPx: bigint;
  readonly sharesTraded: bigint;
  readonly notionalTraded: bigint;
  readonly openInterest: bigint;
}

export interface Position {
  net: bigint;
  bought: bigint;
  sold: bigint;
  /** Price times quantity that the open position cost; negative for a short one. */
  cost: bigint;
  realized: bigint;
  updateMs: number;
}

export interface Account {
  readonly name: string;
  /** Millionths of a dollar. A short position is collateral in it, see `ledger.ts`. */
  cash: bigint;
  readonly positions: Map<string, Position>;
  readonly openOrders: Set<OrderRecord>;
  updateMs: number;
}
